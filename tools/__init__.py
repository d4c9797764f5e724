"""What makes files that are never edited by hand, and what checks a deployed stack."""
