"""What can go wrong with a budget, apart from an invalid request.

`operations.PROBLEMS` says which problem each is to a client.

BudgetError
├── BudgetNotFound       there is none
├── BudgetChanged        at another version than the caller expects
└── BudgetBusy           others kept changing it
"""


class BudgetError(Exception):
    """Something that an operation on budgets raises on purpose. Its text is fit for the caller."""


class BudgetNotFound(BudgetError):
    """The caller has no such budget, or none from the given month on."""

    def __init__(self) -> None:
        super().__init__("You have no such budget.")


class BudgetChanged(BudgetError):
    """The budget is at another version, `version`, than the caller expects."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(f"The budget is at version {version} now. Read it again and repeat the change.")


class BudgetBusy(BudgetError):
    """Others kept changing the budget while it was to be changed."""

    def __init__(self) -> None:
        super().__init__("The budget kept changing while this request tried to change or delete it. Try again.")
