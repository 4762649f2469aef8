"""The only writers of the room.

setup      posts with their lists, patterns      planning   a range by rotation, seen first, undone
shifts     one shift: add, change, relieve       swaps      asked, accepted, approved
handover   the sheet between two shifts          defaults   what a school starts with
"""

from hotline.roster.services.defaults import load_defaults

__all__ = ["load_defaults"]
