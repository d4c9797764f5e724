"""Generators of the files that are never edited by hand."""
