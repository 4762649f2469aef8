"""Categories may say that what they hold is about the hotline office itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_publications_by_the_system")]
    operations = [
        migrations.AddField(
            model_name="category",
            name="about_office",
            field=models.BooleanField(db_default=False, default=False, verbose_name="反映热线办"),
        ),
    ]
