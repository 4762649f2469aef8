"""The only code that writes the room's tables.

watching   the sweep: which rungs are reached, and what is then recorded
slips      督办单: opened, answered, discharged
defaults   the shipped ladder
"""
