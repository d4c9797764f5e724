"""Erasure: all that is kept of a user, deleted for good."""
