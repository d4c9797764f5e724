"""Budgets: what a category may cost each month, and what is left of that or was overspent, carried over or not."""
