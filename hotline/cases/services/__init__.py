"""The only code that writes requests; one file a part of their life.

intake      heard: submitted, completed, withdrawn      handling    the unit's work
triage      accepted, classified, refused, answered     aftercare   audit, rating, visits, the end
dispatching to the units, and back                      merging     one handling for several
crisis      the lane of its own                         sweeping    what time does by itself
turn        the one writer of state                     copies, proposals, files, workbench
"""
