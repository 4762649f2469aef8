"""Run in a process of its own: people for the canary test, in the database of a data folder."""

import json
import sys

import django


def fill(canary: dict[str, str]) -> dict[str, str]:
    """The canary, one of each role, gateways that nobody answers; the accounts that were made."""
    from hotline.notices.models import Address, Gateway
    from tests.make import a_user, holder

    owner = a_user(canary["name"], phone=canary["phone"], account=canary["account"])
    Address.objects.create(user=owner, channel="EMAIL", value=canary["mail"])
    Address.objects.create(user=owner, channel="WECOM", value=canary["openid"])
    Gateway.objects.create(
        code="sms", name="短信", kind="http_sms", channel="SMS", enabled=True,
        settings={"url": "http://127.0.0.1:9/s"},
    )  # fmt: skip
    made = {role: holder(role, of="houqin" if role == "R5" else None) for role in ("R2", "R3", "R4", "R5", "R13", "R13A")}  # fmt: skip
    made["other"] = holder("R5", of="baowei")
    return {role: user.account for role, user in made.items()}


def kept() -> str:
    """What sessions hold, unpacked."""
    from django.contrib.sessions.models import Session

    return json.dumps([row.get_decoded() for row in Session.objects.all()], ensure_ascii=False)


if __name__ == "__main__":
    import os

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    told = fill(json.loads(sys.argv[2])) if sys.argv[1] == "fill" else kept()
    sys.stdout.write(told if isinstance(told, str) else json.dumps(told))
