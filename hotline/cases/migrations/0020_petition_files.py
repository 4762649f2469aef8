"""The petition office's files; what it has in hand gets one, with the days that the law gives."""

from datetime import timedelta

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

DECIDE = timedelta(days=15)


def begin(apps, schema_editor):
    Case, PetitionFile = apps.get_model("cases", "Case"), apps.get_model("cases", "PetitionFile")
    rows = Case.objects.filter(referred_to="PETITION", state="REFERRED", left_at__isnull=False)
    for pk, left in rows.values_list("pk", "left_at").iterator(chunk_size=1000):
        PetitionFile.objects.create(
            case_id=pk, state="RECEIVED", received_at=left, due_at=left + DECIDE
        )


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0019_people_step_aside"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="step",
            name="side",
            field=models.CharField(
                choices=[
                    ("REQUESTER", "诉求人"),
                    ("OFFICE", "热线办"),
                    ("UNIT", "承办单位"),
                    ("RECEIVER", "专收人员"),
                    ("LEADER", "校领导"),
                    ("SYSTEM", "系统"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="PetitionFile",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="petition",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("RECEIVED", "待登记"),
                            ("REGISTERED", "待决定是否受理"),
                            ("ACCEPTED", "办理中"),
                            ("REFUSED", "不予受理"),
                            ("CLOSED", "已出具处理意见书"),
                        ],
                        default="RECEIVED",
                        max_length=10,
                    ),
                ),
                ("register", models.CharField(blank=True, default="", max_length=40)),
                ("received_at", models.DateTimeField()),
                ("registered_at", models.DateTimeField(null=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("extended_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("told", models.TextField(blank=True, default="")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["due_at"],
                        name="petition_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["REFUSED", "CLOSED"]), _negated=True),
                            models.Q(
                                ("ended_at__isnull", False), models.Q(("told", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="petition_ended_says_what",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PetitionEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("verb", models.CharField(max_length=10)),
                ("text", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="cases.petitionfile",
                    ),
                ),
            ],
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
