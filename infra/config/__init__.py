"""The configuration of a stack: what each key may be, and where the program reads it."""
