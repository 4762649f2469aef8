"""What we hold of somebody, as they may read it: plain values, through the same Sight as every page.

Nobody else's data, no note of the office or of a unit, no name of staff.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hotline.cases import folder
from hotline.cases.codes import State
from hotline.cases.looks import VIEWERS, looks_at
from hotline.cases.models import Case, Door
from hotline.cases.models.record import RemarkKind
from hotline.cases.sight import Sight, Viewer
from hotline.cases.timeline import of_petition, steps_for
from hotline.notices.models import Address, Message, Preference
from hotline.people.models import User
from hotline.rights import queries
from hotline.rights.models import Claim
from hotline.worktime.clock import ZONE

# Steps that a requester is told of on their own page; what the office does for itself is not theirs.
STEPS = frozenset({
    "submit", "decline", "expire", "accept", "answer", "dispatch", "seek_instruction", "instruct", "sign",
    "send_back", "uphold", "reassign", "grant_extension", "suspend", "resume", "reply", "close",
    "close_merged", "rate", "contest", "visit_rate", "visit_contest", "rework", "end", "lapse", "reopen",
    "withdraw", "merge", "unmerge", "refer", "hide", "alarm", "stand_down",
    "enclose", "recall", "ask_open", "open_up", "refuse_open", "acknowledge", "hand_back",
})  # fmt: skip
SAID = frozenset({  # with their words
    "decline", "answer", "suspend", "end", "refer", "enclose", "recall", "ask_open", "open_up",
})  # fmt: skip
REMARKS = frozenset(
    {RemarkKind.QUESTION, RemarkKind.SUPPLEMENT, RemarkKind.URGE, RemarkKind.INTERIM}
)
TOLD = frozenset({State.REJECTED, State.REFERRED, State.ARCHIVED})  # the answer is the explanation
Row = dict[str, Any]


def of_person(user: User) -> Row:
    """The account, and what belongs to it beside requests."""
    wish = Preference.objects.filter(user=user).first()
    return {
        "account": {
            "number": user.account, "name": user.name, "phone": user.phone or "", "kind": str(user.get_kind_display()),
            "college": str(user.college or ""), "grade": user.grade, "since": _moment(user.created_at),
        },
        "addresses": [{"channel": a.channel, "value": a.value} for a in Address.objects.filter(user=user)],
        "settings": {"language": wish.language, "off": wish.off, "digests": wish.digests} if wish else {},
        "sign_ins": [
            {"began": _moment(row.began_at), "ended": _moment(row.ended_at), "browser": row.browser,
             "system": row.system, "network": row.place}
            for row in user.sign_ins.order_by("id")
        ],
        "messages": [
            {"at": _moment(row.created_at), "channel": row.channel, "title": row.title, "text": row.text}
            for row in Message.objects.filter(user=user).order_by("id").iterator(chunk_size=500)
        ],
        "claims": [
            {"asked": _moment(row.asked_at), "what": str(row.get_kind_display()), "state": str(row.get_state_display()),
             "fact": str(row.get_fact_display()), "wanted": queries.wanted(row), "words": row.words,
             "answer": row.answer}
            for row in Claim.objects.filter(user=user).order_by("id")
        ],
    }  # fmt: skip


def of_case(sight: Sight) -> Row:
    """One request with everything that its requester reads of it. Raises ValueError for another's eyes."""
    if not sight.is_self:
        raise ValueError("not the requester's own")
    case = sight.case
    person = folder.requester(case)
    answered = case.closed_at is not None or case.state in TOLD
    return {
        "number": case.number or "", "state": str(case.get_state_display()), "type": str(case.type or ""),
        "category": str(case.category or ""), "mode": str(case.get_mode_display()),
        "channel": str(case.get_channel_display()), "title": sight.title, "text": sight.body,
        "place": sight.place, "about_unit": str(case.target_unit or ""),
        "handled_by": str(case.lead_unit or ""), "submitted": _moment(case.submitted_at),
        "accepted": _moment(case.accepted_at), "closed": _moment(case.closed_at),
        "answer": case.answer if answered else "", "privacy_notice": case.privacy_notice,
        "given": {"name": person.name, "number": person.account, "phone": person.phone, "grade": person.grade}
        if person else {},
        "steps": list(_steps(sight)),
        "petition": [
            {"at": _moment(when), "what": what, "words": words} for when, what, words in of_petition(case)
        ],
        "said": [
            {"at": _moment(row.at), "what": str(row.get_kind_display()), "text": row.text}
            for row in sight.remarks if row.kind in REMARKS
        ],
        "ratings": [
            {"at": _moment(row.at), "result": str(row.get_result_display()), "words": row.words}
            for row in case.ratings.order_by("id")
        ],
        "consents": [
            {"at": _moment(row.at), "what": str(row.get_kind_display()), "given": row.given, "notice": row.notice}
            for row in case.consents.order_by("id")
        ],
        "looks": list(_looks(case)),
        "files": [],
    }  # fmt: skip


def _steps(sight: Sight) -> Iterator[Row]:
    words = {
        (step.at, step.verb): step.text for step in folder.steps(sight.case) if step.verb in SAID
    }
    for step in steps_for(sight):
        if step.verb in STEPS:
            yield {
                "at": _moment(step.at), "what": step.label, "who": step.who,
                "words": words.get((step.at, step.verb), ""),
            }  # fmt: skip


def _looks(case: Case) -> Iterator[Row]:
    """Who looked: by role and unit and to the hour, as the page tells it."""
    for look in looks_at(case).order_by("id").iterator(chunk_size=500):
        role = str(VIEWERS[Viewer(look.viewer)]) if look.viewer else _("热线办")
        yield {
            "hour": f"{look.at.astimezone(ZONE):%Y-%m-%d %H}", "as": role,
            "unit": str(look.order.unit) if look.order else "", "how": str(Door(look.door).label),
            "saw": look.fields,
        }  # fmt: skip


def _moment(at: datetime | None) -> str:
    return at.astimezone(ZONE).isoformat(timespec="minutes") if at else ""
