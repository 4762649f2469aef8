"""The duty roster on pages: who sits when, planning, swaps, the sheet between two shifts."""
