"""Proofs by running: a whole installation, real browsers' requests, and something that goes wrong (docs/proofs.md)."""
