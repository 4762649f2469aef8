"""Reading an office's spreadsheet: what is in it, whether it can be, and what is wrong where."""
