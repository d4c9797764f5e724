"""The Lambda: the contract, the rules of expenses and their table."""
