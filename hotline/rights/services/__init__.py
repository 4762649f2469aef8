"""The only code that writes in this room, one file a theme.

erasing     a request, or a whole person, made anonymous: every room takes off what it holds
claims      what people ask for: the time to think again, the decision, the doing
holding     proceedings during which nothing is erased
retention   rules of age: the plan, a bounded run, its certificate
exporting   a copy of one's own data: packed, kept for a week
again       after a restore, forgotten once more
"""
