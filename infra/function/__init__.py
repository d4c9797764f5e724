"""The Lambda, and what it may do."""
