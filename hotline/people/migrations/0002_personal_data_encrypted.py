"""Names, accounts and phone numbers become unreadable to whoever has only the database."""

from typing import Any, ClassVar

from django.db import migrations, models

from hotline.base.encrypted import EncryptedJSON, EncryptedText, Fingerprint, Unique
from hotline.base.encrypting import EncryptField

PERSONAL = ("account", "phone", "name")
KIND = "people.user"


def _accounts_of(apps: Any) -> Any:
    rows = apps.get_model("people", "Revision").objects.filter(kind=KIND)
    return rows.iterator(chunk_size=500)


def set_apart(apps: Any, _schema_editor: Any) -> None:
    """What the history of accounts tells of a person goes into the column that is encrypted."""
    for row in _accounts_of(apps):
        row.personal = {}
        for side in ("before", "after"):
            said = row.data.get(side)
            if said:
                row.personal[side] = {n: said.pop(n) for n in PERSONAL if n in said}
        row.save(update_fields=["data", "personal"])


def put_back(apps: Any, _schema_editor: Any) -> None:
    for row in _accounts_of(apps):
        for side, said in (row.personal or {}).items():
            row.data[side] |= said
        row.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0001_initial")]

    operations: ClassVar = [
        migrations.AlterField("user", "account", models.CharField("学号/工号", max_length=40)),
        migrations.AlterField(
            "user", "phone", models.CharField("手机号", max_length=20, null=True, blank=True)
        ),
        EncryptField(
            "user",
            "account",
            EncryptedText("学号/工号", of="account", findable=True, max_length=40),
        ),
        EncryptField(
            "user",
            "phone",
            EncryptedText(
                "手机号", of="phone", findable=True, max_length=20, null=True, blank=True
            ),
        ),
        EncryptField(
            "user", "name", EncryptedText("姓名", of="name", findable=True, max_length=60)
        ),
        migrations.AddConstraint("user", Unique(column="account", name="user_account")),
        migrations.AddConstraint("user", Unique(column="phone", name="user_phone")),
        migrations.AddIndex("user", models.Index(Fingerprint("name"), name="user_name")),
        migrations.AddField("revision", "personal", EncryptedJSON(of="revision", null=True)),
        migrations.RunPython(set_apart, put_back),
    ]
