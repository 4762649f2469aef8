"""Whoever decides for the office plans its shifts as well, in houses that already stand."""

from django.db import migrations

OLD, NEW = "case.decide", "roster.plan"


def grant(apps, schema_editor):
    Role = apps.get_model("people", "Role")
    for role in Role.objects.filter(permissions__contains=[OLD]):
        if NEW not in role.permissions:
            role.permissions = [*role.permissions, NEW]
            role.save(update_fields=["permissions"])


def withdraw(apps, schema_editor):
    Role = apps.get_model("people", "Role")
    for role in Role.objects.filter(permissions__contains=[NEW]):
        role.permissions = [p for p in role.permissions if p != NEW]
        role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("roster", "0001_initial")]
    operations = [migrations.RunPython(grant, withdraw)]
