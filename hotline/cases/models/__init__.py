"""The tables of the room, one file a theme."""

from hotline.cases.models.aftercare import Rating, Visit, VisitTry
from hotline.cases.models.case import Case, CrisisFile, Event, Requester
from hotline.cases.models.clock import Clock, ClockKind, ClockPause
from hotline.cases.models.consent import Consent, ConsentKind, NoticeRead
from hotline.cases.models.files import Attachment
from hotline.cases.models.look import Door, Look, Table
from hotline.cases.models.order import Contact, Extension, Reply, WorkOrder
from hotline.cases.models.petition import PetitionEntry, PetitionFile
from hotline.cases.models.record import Proposal, Remark, Step
from hotline.cases.models.recusal import NamedPerson, Recusal
from hotline.cases.models.unmasking import Purpose, Unmasking, UnmaskingEvent, UnmaskingVerb
from hotline.cases.models.workbench import Counter, Draft, Presence, SavedFilter

__all__ = [
    "Attachment",
    "Case",
    "Clock",
    "ClockKind",
    "ClockPause",
    "Consent",
    "ConsentKind",
    "Contact",
    "Counter",
    "CrisisFile",
    "Door",
    "Draft",
    "Event",
    "Extension",
    "Look",
    "NamedPerson",
    "NoticeRead",
    "PetitionEntry",
    "PetitionFile",
    "Presence",
    "Proposal",
    "Purpose",
    "Rating",
    "Recusal",
    "Remark",
    "Reply",
    "Requester",
    "SavedFilter",
    "Step",
    "Table",
    "Unmasking",
    "UnmaskingEvent",
    "UnmaskingVerb",
    "Visit",
    "VisitTry",
    "WorkOrder",
]
