"""The only code that writes in this room, one file a theme."""
