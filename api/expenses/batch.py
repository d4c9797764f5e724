"""Several expenses recorded at once: all of them, or none, each once for its idempotency key."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

from api.expenses.errors import ExpenseDeleted, IdempotencyKeyReused
from api.expenses.service import ExpenseService, New, Recorded
from api.expenses.store import Stored
from api.gateway.caller import Caller
from api.models import BatchedExpense, Expense, ExpenseCreate
from api.openapi.errors import InvalidRequest, Violation


def record_batch(service: ExpenseService, caller: Caller, items: Sequence[BatchedExpense]) -> list[Recorded]:
    """Record the expenses that were not recorded before, in one transaction; return all, in their order.

    Raises `InvalidRequest` with each violation of each item, `IdempotencyKeyReused` or `ExpenseDeleted` with every key
    of which that is true, `ExpenseBusy`, `StoreUnavailable` and `StorageFull`.
    """
    drafts = _drafts(service, caller, items)

    def refuse(found: Mapping[int, Stored]) -> None:
        reused = [at for at, stored in found.items() if stored.request_digest != drafts[at].request_digest]
        if reused:
            raise IdempotencyKeyReused([_of_key(at, "recorded another expense before") for at in reused])
        deleted = [at for at, stored in found.items() if stored.state.live is None]
        if deleted:
            raise ExpenseDeleted([_of_key(at, "recorded an expense that has been deleted since") for at in deleted])

    kept = service.record_all(caller, drafts, refuse)
    return [Recorded(cast("Expense", each.state.live), is_replay=each.was_there) for each in kept]


def batch_violations(service: ExpenseService, caller: Caller, items: object) -> list[Violation]:
    """Return what is against the rules in the items of a batch, where `INVALID` is in place of what is not valid."""
    if not isinstance(items, list):
        return []
    expenses = [item if isinstance(item, dict) else None for item in items]
    repeated = _repeated([item and item.get("idempotency_key") for item in expenses])
    violations: list[Violation] = []
    for at, item in enumerate(expenses):
        if item is not None:
            violations += repeated.get(at, ())
            violations += _of_item(at, service.violations(caller, item))
    return violations


def _drafts(service: ExpenseService, caller: Caller, items: Sequence[BatchedExpense]) -> list[New]:
    drafts: list[New] = []
    violations: list[Violation] = []
    repeated = _repeated([item.get("idempotency_key") for item in items])
    for at, item in enumerate(items):
        violations += repeated.get(at, ())
        content = cast("ExpenseCreate", {name: value for name, value in item.items() if name != "idempotency_key"})
        try:
            drafts.append(service.draft(caller, content, item.get("idempotency_key")))
        except InvalidRequest as error:
            violations += _of_item(at, error.violations)
    if violations:
        raise InvalidRequest(violations)
    return drafts


def _repeated(keys: Iterable[object]) -> dict[int, tuple[Violation]]:
    """Return what is wrong with those that have the key of an earlier item, by position."""
    first: dict[str, int] = {}
    return {
        at: (_of_key(at, f"must not be that of /items/{first[key]}, too"),)
        for at, key in enumerate(keys)
        if isinstance(key, str) and first.setdefault(key, at) != at
    }


def _of_item(at: int, violations: Iterable[Violation]) -> Iterator[Violation]:
    return (each._replace(name=f"/items/{at}{each.name}") for each in violations)


def _of_key(at: int, message: str) -> Violation:
    return Violation("body", f"/items/{at}/idempotency_key", message)
