"""What can go wrong with an expense, apart from an invalid request.

`operations.PROBLEMS` says which problem each is to a client.

ExpenseError
├── ExpenseNotFound          missing, or another user's
├── ExpenseChanged           at another version than the caller expects
├── ExpenseBusy              others kept changing it
└── IdempotencyKeyReused     for another expense
"""


class ExpenseError(Exception):
    """Something that an operation on expenses raises on purpose. Its text is fit for the caller."""


class ExpenseNotFound(ExpenseError):
    """The caller has no such expense; whether another user has is not disclosed."""

    def __init__(self) -> None:
        super().__init__("You have no expense with this id.")


class ExpenseChanged(ExpenseError):
    """The expense is at another version, `version`, than the caller expects."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(f"The expense is at version {version} now. Read it again and repeat the change.")


class ExpenseBusy(ExpenseError):
    """Others kept changing the expense while it was to be changed."""

    def __init__(self) -> None:
        super().__init__("The expense kept changing while this request tried to change or delete it. Try again.")


class IdempotencyKeyReused(ExpenseError):
    """The key was used before for an expense with other content."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key recorded another expense before. Use a new key for a new expense.")
