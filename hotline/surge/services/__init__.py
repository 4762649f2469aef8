"""The only code that writes surges.

switch      on and off                joining     a request belongs to it, or does not
answers     written, passed by another   batches     one act for many requests
"""
