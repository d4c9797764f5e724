"""The trash: deleted expenses, which can be restored for a time or deleted for good."""
