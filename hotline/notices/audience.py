"""Who is told of what, in which words, by which ways: one table for every verb of the law.

A verb that nobody is told of says why. stories.py finds the people, wording.py the words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hotline.notices.codes import Channel

WECHAT, WECOM, SMS, MAIL, CALL, PAGE = Channel


class Whom(StrEnum):
    """A group of people, seen from one step of one request."""

    REQUESTER = "REQUESTER"  # never of an anonymous request, never after a crisis
    NEW_UNITS = "NEW_UNITS"  # lead units whose order this step has made
    NEW_JOINTS = "NEW_JOINTS"
    CALLED_OFF = "CALLED_OFF"  # units whose order this step has taken back
    UNIT = "UNIT"  # of the step's order, else the lead: whoever it was given to, or the contacts
    UNITS = "UNITS"  # of every live order
    HEAD = "HEAD"  # of the unit
    ASSIGNEE = "ASSIGNEE"
    OTHERS = "OTHERS"  # of the unit whose order it is, else of the office: who can take it on
    TRIAGE = "TRIAGE"
    CONFIRM = "CONFIRM"
    DECIDE = "DECIDE"
    REVIEW = "REVIEW"
    LEADERS = "LEADERS"
    SUPERVISORS = "SUPERVISORS"
    CRISIS_TEAM = "CRISIS_TEAM"
    RECEIVERS = "RECEIVERS"  # petition or discipline, where it was referred to
    OWNER = "OWNER"  # whose clock it is: the unit, or the office's people for that stage


FOR_REQUESTER = (WECHAT, SMS, CALL)
FOR_UNIT = (WECOM, SMS, CALL)
AT_THE_DESK = (WECOM, PAGE)  # who sits before the board anyway is not sent an SMS
ABOVE = (WECOM, SMS)
EVERY = (WECOM, SMS, MAIL)


@dataclass(frozen=True)
class Telling:
    """Who, in which words, by which ways one after another (or all at once)."""

    whom: Whom
    template: str
    ladder: tuple[Channel, ...]
    urgent: bool = False  # even where the request is not
    every_channel: bool = False
    only_if: str = ""  # urgent, flagged, enclosed or supply: see stories.py


@dataclass(frozen=True)
class Nobody:
    because: str


def _requester(template: str) -> Telling:
    return Telling(Whom.REQUESTER, template, FOR_REQUESTER)


def _unit(template: str, whom: Whom = Whom.UNIT) -> Telling:
    return Telling(whom, template, FOR_UNIT)


def _desk(whom: Whom, template: str) -> Telling:
    return Telling(whom, template, AT_THE_DESK)


def _above(whom: Whom, template: str) -> Telling:
    return Telling(whom, template, ABOVE)


NEW = _unit("order_new", Whom.NEW_UNITS)
JOINT = _unit("order_joint", Whom.NEW_JOINTS)
CALLED_OFF = _unit("order_called_off", Whom.CALLED_OFF)
ENCLOSED = Telling(Whom.RECEIVERS, "referral", ABOVE, only_if="enclosed")
BOARD = Nobody("the office's boards show it")
SEEN = Nobody("whoever did it has just seen it, and it changes nothing for anyone else")
INSIDE = Nobody("it stays inside the office")

AUDIENCE: Mapping[str, tuple[Telling, ...] | Nobody] = {
    # heard
    "submit": (
        _requester("received"),
        Telling(Whom.TRIAGE, "urgent_new", ABOVE, urgent=True, only_if="urgent"),
        Telling(Whom.CRISIS_TEAM, "crisis_sign", EVERY, urgent=True, only_if="flagged"),
        ENCLOSED,
    ),
    "ask": (_requester("need_info"),),
    "supply": BOARD,
    "propose_decline": (_desk(Whom.CONFIRM, "decision_waits"),),
    "decline": (_requester("declined"),),
    "keep": BOARD,
    "expire": (_requester("declined"),),
    "accept": (_requester("accepted"), ENCLOSED),
    "reclassify": (ENCLOSED,),
    # sent
    "answer": (_requester("closed"),),
    "dispatch": (NEW, JOINT, _requester("on_its_way")),
    "redact": INSIDE,
    "add_joint": (JOINT,),
    "seek_instruction": (_above(Whom.LEADERS, "instruction_sought"), _above(Whom.SUPERVISORS, "instruction_sought")),
    "instruct": (NEW, JOINT, _requester("on_its_way"), _desk(Whom.SUPERVISORS, "instructed")),
    "direct": (
        _unit("directed"), _above(Whom.HEAD, "directed"), JOINT, _desk(Whom.SUPERVISORS, "directed"),
    ),
    "report": (_desk(Whom.SUPERVISORS, "instruction_reported"),),
    "conclude": Nobody("the ledger of instructions shows it"),
    # handled
    "sign": BOARD,
    "send_back": (_desk(Whom.DECIDE, "return_asked"),),
    "uphold": (_unit("return_refused"),),
    "reassign": (_unit("return_agreed"), NEW),
    "release": (_unit("return_agreed"),),
    "assign": (_unit("order_assigned", Whom.ASSIGNEE),),
    "hand_over": Nobody("the colleague is told once of all that was handed over"),
    "contact": Nobody("the requester was spoken to in person"),
    "interim": (_requester("interim"),),
    "unit_note": Nobody("it stays inside the unit"),
    "ask_extension": (_desk(Whom.DECIDE, "extension_asked"),),
    "grant_extension": (_unit("extension_granted"), _requester("extended")),
    "refuse_extension": (_unit("extension_refused"),),
    "suspend": (_unit("order_suspended"), _requester("suspended")),
    "resume": (_unit("order_resumed"),),
    "submit_reply": (_unit("head_review", Whom.HEAD),),
    "return_reply": (_unit("reply_returned"),),
    "reply": (_desk(Whom.REVIEW, "answer_waits"),),
    "return_answer": (_unit("answer_returned"),),
    "close": (_requester("closed"),),
    # after the answer
    "rate": Nobody("a rating is read in its own time, and a unit reads a secret one days later"),
    "contest": (_desk(Whom.DECIDE, "contested"),),
    "rework": (_unit("order_again", Whom.NEW_UNITS), _requester("again")),
    "propose_end": (_desk(Whom.DECIDE, "decision_waits"),),
    "end": (_requester("explained"),),
    "refuse_end": BOARD,
    "lapse": Nobody("filing away asks nothing of anyone"),
    "claim_visit": SEEN,
    "visit": INSIDE,
    "visit_rate": INSIDE,
    "visit_contest": (_desk(Whom.DECIDE, "contested"),),
    "reopen": (_unit("order_again", Whom.NEW_UNITS), _requester("again")),
    "archive": Nobody("filing away asks nothing of anyone"),
    # beside the main road
    "withdraw": (CALLED_OFF,),
    "merge": (_requester("merged"), CALLED_OFF),
    "absorb": INSIDE,
    "unmerge": (_requester("unmerged"),),
    "close_merged": (_requester("closed"),),
    "refer": (_requester("referred"), CALLED_OFF, _above(Whom.RECEIVERS, "referral")),
    "alarm": (CALLED_OFF,),  # the duty group is called one by one: oversight.alarm
    "crisis_note": Nobody("what the crisis team writes is for the crisis team"),
    "stand_down": (_desk(Whom.TRIAGE, "crisis_over"),),
    "acknowledge": Nobody("the requester reads it on their page; no carrier learns of it"),
    "hand_back": (_above(Whom.RECEIVERS, "referral"),),
    "seal": Nobody("a sealed file leaves no message behind"),
    # about the hotline office itself
    "enclose": (_requester("interim"), ENCLOSED),
    "recall": (_requester("interim"), CALLED_OFF, ENCLOSED),
    "ask_open": (_requester("interim"),),
    "open_up": (_requester("interim"),),
    "refuse_open": (ENCLOSED,),
    # nobody has to do with what touches them
    "name_people": INSIDE,
    "step_aside": (_desk(Whom.OTHERS, "passed_on"),),
    "unit_step_aside": (_desk(Whom.OTHERS, "passed_on"),),
    "take_back": (_desk(Whom.TRIAGE, "passed_on"), CALLED_OFF, ENCLOSED),
    "raise": (_requester("interim"), ENCLOSED),
    # watched over (2.6)
    "remind": (
        Telling(Whom.OWNER, "reminder", FOR_UNIT),
        Telling(Whom.REQUESTER, "need_info", FOR_REQUESTER, only_if="supply"),
    ),
    "chase": (Telling(Whom.OWNER, "chased", FOR_UNIT), _above(Whom.HEAD, "chased")),
    "supervise": (
        Telling(Whom.OWNER, "supervised", FOR_UNIT),
        _above(Whom.HEAD, "supervised"),
        _above(Whom.DECIDE, "supervised"),
    ),
    "escalate": (
        _above(Whom.HEAD, "escalated"),
        _above(Whom.LEADERS, "escalated"),
        _above(Whom.SUPERVISORS, "escalated"),
    ),
    "ask_back": (_unit("promise_due"), _above(Whom.HEAD, "promise_due")),
    "keep_promise": (_requester("interim"),),
    "recount": Nobody("a new calendar moves many at once: pages and the next reminder tell the time"),
    "explain": Nobody("the ledger of supervision shows it"),
    "discharge": (_desk(Whom.UNIT, "discharged"),),
    # said beside the moves
    "supplement": (_desk(Whom.UNITS, "supplemented"),),
    "urge": (_unit("urged"), _desk(Whom.DECIDE, "urged")),
    "hide": (_unit("hidden", Whom.UNITS),),
    "note": INSIDE,
    "quarantine": (_desk(Whom.TRIAGE, "file_quarantined"),),  # its sender: cases.judge_file
    "free_file": Nobody("the page shows the file again, and an operator does it because somebody asked"),
}  # fmt: skip


WATCHED = {  # steps whose rung of the ladder says itself who is told (room oversight)
    "remind": "reminder", "chase": "chased", "supervise": "supervised", "escalate": "escalated",
}  # fmt: skip
OFFICE = {
    "HEAD": Whom.HEAD, "OFFICE": Whom.DECIDE, "SUPERVISOR": Whom.SUPERVISORS, "LEADER": Whom.LEADERS,
}  # fmt: skip


def told_of(verb: str, to: Iterable[str] = ()) -> tuple[Telling, ...]:
    """Who is told of a step with this verb; nobody of one that the table has not.

    ``to`` are the codes of a rung of the ladder, which a school may set: they stand instead of
    the table's own line.
    """
    if to and verb in WATCHED:
        return tuple(_of_rung(code, WATCHED[verb]) for code in to)
    row = AUDIENCE.get(verb, ())
    return () if isinstance(row, Nobody) else row


def _of_rung(code: str, template: str) -> Telling:
    if code == "REQUESTER":
        return Telling(Whom.REQUESTER, "need_info", FOR_REQUESTER, only_if="supply")
    if code in OFFICE:
        return _above(OFFICE[code], template)
    return Telling(Whom.UNIT if code == "CONTACT" else Whom.OWNER, template, FOR_UNIT)
