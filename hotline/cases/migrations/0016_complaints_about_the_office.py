"""Complaints about the hotline office have a room of their own; 督查督办 receives them, in houses
that already stand as well."""

from django.db import migrations, models

OLD, NEW = "case.supervise", "case.office"
OF_OFFICE = {"case.triage", "case.dispatch", "case.decide", "case.review"}  # those complained of


def grant(apps, schema_editor):
    Role = apps.get_model("people", "Role")
    for role in Role.objects.filter(permissions__contains=[OLD]):
        if NEW not in role.permissions and not OF_OFFICE & set(role.permissions):
            role.permissions = [*role.permissions, NEW]
            role.save(update_fields=["permissions"])


def withdraw(apps, schema_editor):
    Role = apps.get_model("people", "Role")
    for role in Role.objects.filter(permissions__contains=[NEW]):
        role.permissions = [p for p in role.permissions if p != NEW]
        role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0015_names_of_files_encrypted"),
        ("catalog", "0005_categories_about_the_office"),
        ("people", "0007_second_factors"),
    ]
    operations = [
        migrations.AlterField(
            model_name="case",
            name="seal",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "不密封"),
                    ("CRISIS", "危机件"),
                    ("DISCIPLINE", "纪检件"),
                    ("OFFICE", "热线办件"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="step",
            name="side",
            field=models.CharField(
                choices=[
                    ("REQUESTER", "诉求人"),
                    ("OFFICE", "热线办"),
                    ("UNIT", "承办单位"),
                    ("RECEIVER", "党政办"),
                    ("LEADER", "校领导"),
                    ("SYSTEM", "系统"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunPython(grant, withdraw),
    ]
