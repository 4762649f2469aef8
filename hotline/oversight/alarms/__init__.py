"""Alarms of the crisis lane (U0): call the named duty group until somebody has it.

policies   who may see an alarm, take it, start a drill
calling    whom next; when; found again after a crash        answering   seen, taken, drills, lists
"""
