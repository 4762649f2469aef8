"""Upkeep 运维: how the platform itself stands. It reads everything, changes nothing but
what becomes of jobs that have failed, and names nobody."""
