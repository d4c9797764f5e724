"""Recurrences: expenses that come again and again, and are recorded when they are due."""
