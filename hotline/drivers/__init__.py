"""外设: speaks to carriers of messages and raises our errors, never theirs."""
