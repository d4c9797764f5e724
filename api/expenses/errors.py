"""What can go wrong with an expense, apart from an invalid request.

`operations.PROBLEMS` says which problem each is to a client.

ExpenseError
├── ExpenseNotFound          missing, or another user's
├── ExpenseChanged           at another version than the caller expects
├── ExpenseBusy              others kept changing it
├── ExpenseDeleted           recorded by an idempotency key, and deleted since
└── IdempotencyKeyReused     for another expense
"""

from collections.abc import Sequence

from api.openapi.errors import Violation


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
    """The key was used before for an expense with other content; of a batch, `violations` has each key that was."""

    def __init__(self, violations: Sequence[Violation] = ()) -> None:
        self.violations = tuple(violations)
        if violations:
            super().__init__("Nothing was recorded: some idempotency keys recorded other expenses before; see errors.")
        else:
            super().__init__("This Idempotency-Key recorded another expense before. Use a new key for a new expense.")


class ExpenseDeleted(ExpenseError):
    """The key recorded an expense that has been deleted since; a repeated request does not bring it back.

    Of a batch, `violations` has each key that did.
    """

    def __init__(self, violations: Sequence[Violation] = ()) -> None:
        self.violations = tuple(violations)
        if violations:
            super().__init__(
                "Nothing was recorded: the expenses of some idempotency keys have been deleted since; see errors."
            )
        else:
            super().__init__(
                "This Idempotency-Key recorded an expense that has been deleted since. Use a new key for a new expense."
            )
