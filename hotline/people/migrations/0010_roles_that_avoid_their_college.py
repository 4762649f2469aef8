"""Roles may say that their holders keep away from what people of their own college ask."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0009_tries_since")]
    operations = [
        migrations.AddField(
            model_name="role",
            name="avoids_college",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="本学院的诉求回避"
            ),
        ),
    ]
