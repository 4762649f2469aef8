"""From which network somebody signed in, kept for over a year, becomes unreadable without the key."""

from typing import ClassVar

from django.db import migrations

from hotline.base.encrypted import EncryptedText
from hotline.base.encrypting import EncryptField


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0007_second_factors")]

    operations: ClassVar = [
        EncryptField(
            "signin", "place", EncryptedText(of="place", max_length=64, blank=True, default="")
        ),
    ]
