"""What can go wrong with a recurrence, apart from an invalid request.

`operations.PROBLEMS` says which problem each is to a client.

RecurrenceError
├── RecurrenceNotFound       missing, or another user's
├── RecurrenceChanged        at another version than the caller expects
├── RecurrenceBusy           others kept changing it
├── RecurrenceDeleted        made by an idempotency key, and deleted since
├── RecurrenceKeyReused      for another recurrence
└── TooManyRecurrences       there are as many as can be kept
"""


class RecurrenceError(Exception):
    """Something that an operation on recurrences raises on purpose. Its text is fit for the caller."""


class RecurrenceNotFound(RecurrenceError):
    """The caller has no such recurrence; whether another user has is not disclosed."""

    def __init__(self) -> None:
        super().__init__("You have no recurrence with this id.")


class RecurrenceChanged(RecurrenceError):
    """The recurrence is at another version, `version`, than the caller expects."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(f"The recurrence is at version {version} now. Read it again and repeat the change.")


class RecurrenceBusy(RecurrenceError):
    """Others kept changing the recurrence while it was to be changed."""

    def __init__(self) -> None:
        super().__init__("The recurrence kept changing while this request tried to change or delete it. Try again.")


class RecurrenceDeleted(RecurrenceError):
    """The key made a recurrence that has been deleted since; a repeated request does not bring it back."""

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key made a recurrence that has been deleted since. Use a new key for a new recurrence."
        )


class RecurrenceKeyReused(RecurrenceError):
    """The key was used before for a recurrence with other content."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key made another recurrence before. Use a new key for a new recurrence.")


class TooManyRecurrences(RecurrenceError):
    """The caller has as many recurrences as can be kept."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"You have {most} recurrences, and that is as many as can be kept; for 30 days, deleted ones count, too."
        )
