"""Slips and instructions of a request that is made anonymous: numbers and moments stay, words go."""

from hotline.cases.models import Case
from hotline.oversight.models import Instruction, InstructionNote, Supervision
from hotline.oversight.models.instruction import InstructionState
from hotline.oversight.models.slip import SlipState


def is_open(case: Case) -> bool:
    """Does a unit still owe somebody an answer about it?"""
    slips = case.supervisions.exclude(state=SlipState.DISCHARGED)
    return slips.exists() or case.instructions.exclude(state=InstructionState.CLOSED).exists()


def erase(case: Case) -> None:
    """Blank what was written; photos of papers are let go of, so that the files can go."""
    Supervision.objects.filter(case=case).update(
        requirement="", feedback="", opinion="", discharge=""
    )
    InstructionNote.objects.filter(instruction__case=case).update(words="")
    Instruction.objects.filter(case=case).update(text="", result="", closing="", photo=None)
