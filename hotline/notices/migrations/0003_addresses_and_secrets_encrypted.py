"""Where people are reached, and the passwords of gateways, become unreadable in the database."""

from typing import ClassVar

from django.db import migrations

from hotline.base.encrypted import EncryptedJSON, EncryptedText
from hotline.base.encrypting import EncryptField


class Migration(migrations.Migration):
    dependencies: ClassVar = [("notices", "0002_who_sets_up_messages")]

    operations: ClassVar = [
        EncryptField("address", "value", EncryptedText(of="address", max_length=120)),
        EncryptField(
            "gateway",
            "secrets",
            EncryptedJSON(of="gateway", default=dict, blank=True, editable=False),
        ),
    ]
