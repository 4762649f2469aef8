"""The only code that writes the room's tables.

watching   the sweep: which rungs are reached, and what is then recorded
slips      督办单: opened, answered, discharged
instructions  批示件: given or registered, followed, reported, closed, read
given      what slips and instructions have in common: numbers and words
defaults   the shipped ladder
"""
