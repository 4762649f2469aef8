"""Somebody named before they had a role is found by the name once they have one."""

from typing import ClassVar

from django.db import migrations, models

from hotline.base.encrypted import EncryptedText, Fingerprint
from hotline.base.encrypting import MakeFindable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("cases", "0023_petition_entries_are_recorded"),
    ]

    operations: ClassVar = [
        MakeFindable(
            "namedperson", "name", EncryptedText(of="named", findable=True, max_length=60)
        ),
        migrations.AddIndex(
            "namedperson",
            models.Index(
                Fingerprint("name"),
                name="named_as",
                condition=models.Q(user__isnull=True, removed_at__isnull=True),
            ),
        ),
    ]
