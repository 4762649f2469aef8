"""The tables of the room, one file a theme."""

from hotline.oversight.models.alarm import Alarm, AlarmCall, AlarmView, Why
from hotline.oversight.models.instruction import (
    Came,
    Instruction,
    InstructionCounter,
    InstructionNote,
    InstructionRead,
    InstructionState,
)
from hotline.oversight.models.ladder import Audience, Level, Rung, Trigger
from hotline.oversight.models.slip import SlipCounter, SlipState, Supervision

__all__ = [
    "Alarm",
    "AlarmCall",
    "AlarmView",
    "Audience",
    "Came",
    "Instruction",
    "InstructionCounter",
    "InstructionNote",
    "InstructionRead",
    "InstructionState",
    "Level",
    "Rung",
    "SlipCounter",
    "SlipState",
    "Supervision",
    "Trigger",
    "Why",
]
