"""Several expenses recorded at once: all of them, or none, each once for its idempotency key."""

from collections.abc import Mapping, Sequence
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


def _drafts(service: ExpenseService, caller: Caller, items: Sequence[BatchedExpense]) -> list[New]:
    drafts: list[New] = []
    violations: list[Violation] = []
    keys: dict[str, int] = {}
    for at, item in enumerate(items):
        key = item.get("idempotency_key")
        if key is not None and keys.setdefault(key, at) != at:
            violations.append(_of_key(at, f"must not be that of /items/{keys[key]}, too"))
        content = cast("ExpenseCreate", {name: value for name, value in item.items() if name != "idempotency_key"})
        try:
            drafts.append(service.draft(caller, content, key))
        except InvalidRequest as error:
            violations += (each._replace(name=f"/items/{at}{each.name}") for each in error.violations)
    if violations:
        raise InvalidRequest(violations)
    return drafts


def _of_key(at: int, message: str) -> Violation:
    return Violation("body", f"/items/{at}/idempotency_key", message)
