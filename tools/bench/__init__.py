"""``make bench``: what an operation of the service costs, at a thousand to a million requests."""
