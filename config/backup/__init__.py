"""Backups: one consistent moment of database and files, encrypted, with the keys apart.

A backup is a folder ``hotline-20260603T040000Z``:

    manifest.json     what it is, in the clear: when, of which release, how many rows, which parts;
                      signed with the backup key
    contents.sealed   a fingerprint of every table, to compare with after a restore
    database.sealed   pg_dump of exactly one snapshot
    files.sealed      a tar of the uploads, each followed by its SHA-256

and, beside it or wherever ``--keys`` says, the sealed file of the platform's own keys.
"""


class BackupError(Exception):
    """Why no backup or restore was made; the message says what to do."""
