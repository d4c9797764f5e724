"""Expenses as files: exported as lines of CSV or NDJSON, and imported again."""
