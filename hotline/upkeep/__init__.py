"""Upkeep 运维: how the platform itself stands. It reads everything, changes nothing, and names nobody."""
