"""Every address of the site, filled in with what there is: the request that is asked for, and real codes."""

import re
from collections.abc import Iterator
from itertools import product

from django.urls import URLPattern, URLResolver, get_resolver

from hotline.cases.models import Case
from hotline.doors.desk.actions import CASE_ACTIONS, ORDER_ACTIONS
from hotline.doors.desk.admin.registers import REGISTERS
from hotline.doors.desk.queues import QUEUES
from hotline.doors.portal.forms import ACTIONS
from hotline.notices.models import Message
from hotline.rights.models import Claim, Export
from hotline.roster.models import Post

PART = r"<(?:\w+:)?(\w+)>"


def routes(resolver=None, prefix="", space="") -> Iterator[tuple[str, str]]:
    """Every name and pattern that the site knows."""
    for entry in (resolver or get_resolver()).url_patterns:
        at = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", at
        elif isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from routes(entry, at, inner)


def addresses(case: Case) -> Iterator[tuple[str, str]]:
    """Name and path of each; one that takes an action, or a queue, is there once for each of them."""
    own, usual = _own(case), _usual(case)
    for name, pattern in routes():
        parts = re.findall(PART, pattern)
        values = [own.get((name, part)) or usual.get(part, [1]) for part in parts]
        for combination in product(*values):
            path = pattern
            for value in combination:
                path = re.sub(PART, str(value), path, count=1)
            yield name, "/" + path.lstrip("^").rstrip("$")


def _usual(case: Case) -> dict[str, list]:
    """What a part of an address is, whatever the address."""
    return {
        "number": [case.number], "key": [case.attachments.get().key],
        "pk": [case.orders.get(part="LEAD").pk], "room": ["crisis", "discipline", "petition", "office"],
        "tab": ["sign", "work", "head", "waiting", "done"], "code": ["houqin"], "slug": ["none"],
        "channel": ["SMS"], "language": ["zh-hans"], "verb": ["note"], "fact": ["name"],
    }  # fmt: skip


def _own(case: Case) -> dict[tuple[str, str], list]:
    """What it is in this address and in no other."""
    return {
        ("desk:queue", "code"): [queue.code for queue in QUEUES],
        ("desk:act", "slug"): list(CASE_ACTIONS),
        ("desk:act_on_order", "slug"): list(ORDER_ACTIONS),
        ("desk:unit_act", "slug"): list(ORDER_ACTIONS),
        ("portal:act", "slug"): [action.slug for action in ACTIONS],
        **_rows(case),
        **_settings(),
    }


def _rows(case: Case) -> dict[tuple[str, str], list]:
    told = Message.objects.filter(case=case)
    rows = (told.filter(first=True).first(), told.filter(channel="CALL").first())
    message, call = (row.pk if row else 0 for row in rows)
    sheets = list(case.instructions.values_list("number", flat=True)) or ["PS0000-000"]
    return {
        ("desk:instruction", "number"): sheets,
        ("desk:unit_instruction", "number"): sheets,
        ("desk:release", "pk"): [case.remarks.filter(kind="SUPPLEMENT").get().pk],
        ("desk:audit_seal", "number"): [1],
        ("desk:admin_certificate", "number"): [1],
        ("desk:admin_certificate_file", "number"): [1],
        ("portal:discard", "pk"): [case.pk],
        ("ui:message", "pk"): [message],
        ("desk:delivery_retry", "pk"): [message],
        ("desk:call_take", "pk"): [call],
        ("desk:call_done", "pk"): [call],
        ("desk:decision", "pk"): list(Claim.objects.values_list("pk", flat=True)),
        ("portal:export_file", "pk"): list(Export.objects.values_list("pk", flat=True)),
    }


def _settings() -> dict[tuple[str, str], list]:
    post = list(Post.objects.values_list("code", flat=True)[:1])
    return {
        **{(f"desk:roster_{what}", "code"): post for what in ("post", "plan", "new_shift", "hand_over")},
        **{(f"desk:admin_{what}", "slug"): list(REGISTERS) for what in ("rows", "new_row")},
        ("desk:roster_swap", "slug"): ["accept"],
        ("desk:admin_row", "slug"): ["types"],
        ("desk:admin_row", "code"): ["TS"],
        ("desk:admin_role", "code"): ["R5"],
        ("desk:admin_category", "code"): ["F102"],
        ("desk:admin_entry", "code"): ["F102"],
        ("desk:admin_calendar", "which"): ["office"],
        ("desk:admin_template", "code"): ["accepted"],
        ("desk:admin_template_reset", "code"): ["accepted"],
        ("desk:admin_new_gateway", "kind"): ["http_sms"],
        ("desk:admin_history", "kind"): ["unit"],
    }  # fmt: skip
