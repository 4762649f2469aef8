"""A surge on the desk: the switch, its requests together, answers for many, what came of it."""
