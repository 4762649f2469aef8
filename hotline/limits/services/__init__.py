"""The only code that writes what is left for whom, and the school's own numbers.

spending    the limiter: one statement a check          ruling    the numbers, and times of more
"""
