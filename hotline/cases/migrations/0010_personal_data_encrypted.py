"""Who asks, and what somebody is typing, become unreadable to whoever has only the database."""

from typing import ClassVar

from django.db import migrations, models

from hotline.base.encrypted import EncryptedJSON, EncryptedText, Fingerprint
from hotline.base.encrypting import EncryptField


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("cases", "0009_papers_of_the_office"),
        ("people", "0002_personal_data_encrypted"),
    ]

    operations: ClassVar = [
        migrations.RemoveIndex("requester", "requester_phone"),
        migrations.RemoveIndex("requester", "requester_account"),
        EncryptField(
            "requester", "name", EncryptedText(of="name", max_length=60, blank=True, default="")
        ),
        EncryptField(
            "requester",
            "account",
            EncryptedText(of="account", findable=True, max_length=40, blank=True, default=""),
        ),
        EncryptField(
            "requester",
            "phone",
            EncryptedText(of="phone", findable=True, max_length=20, blank=True, default=""),
        ),
        migrations.AddIndex(
            "requester",
            models.Index(
                Fingerprint("phone"), name="requester_phone", condition=~models.Q(phone="")
            ),
        ),
        migrations.AddIndex(
            "requester",
            models.Index(
                Fingerprint("account"), name="requester_account", condition=~models.Q(account="")
            ),
        ),
        EncryptField("draft", "data", EncryptedJSON(of="draft")),
        EncryptField("savedfilter", "query", EncryptedText(of="filter", max_length=800)),
    ]
