"""Exact totals: one cell for each month, currency, category and payment method, kept by every write of an expense."""
