"""The names of files, which often are names of people, become unreadable without the key."""

from typing import ClassVar

from django.db import migrations

from hotline.base.encrypted import EncryptedText
from hotline.base.encrypting import EncryptField


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0014_files_are_judged")]

    operations: ClassVar = [
        EncryptField("attachment", "name", EncryptedText(of="filename", max_length=200)),
    ]
