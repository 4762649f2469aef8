"""What a crisis seals, when an order came back, and on which clock it is due."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_drafts_without_a_request"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="case",
            name="suspended_until",
        ),
        migrations.AddField(
            model_name="rating",
            name="sealed",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="remark",
            name="sealed",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="workorder",
            name="designated",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="workorder",
            name="natural",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="workorder",
            name="returned_at",
            field=models.DateTimeField(null=True),
        ),
    ]
