"""The life of an expense as `make smoke` walks it: recorded, found, changed, summed up, deleted and restored."""

import secrets
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from tools.smoke_walk import Response, Walk

MOST_PAGES = 1000
"""Of the change feed, 100 changes each."""


def check_journey(walk: Walk) -> None:
    """Record, find, sum up, change, delete, restore and purge an expense of the token's user."""
    key = f"smoke-{secrets.token_hex(8)}"
    category = f"Test {key}"
    copy = Copy(walk)
    copy.follow()
    created = walk.send("POST", "/expenses", _expense(category), Idempotency_Key=key)
    expense_id = created.json.get("expense_id")
    path = f"/expenses/{quote(str(expense_id))}"
    try:
        if _check_created(walk, key, category, created):
            _check_lists(walk, category, created.json)
            _check_changes(walk, path, created)
            _check_files(walk, category, created.json)
            _check_many(walk, key, category, path)
            _check_categories(walk, category, path)
            _check_budget(walk, category, path)
            _check_recurrence(walk, category)
            _check_trash(walk, key, category, path, copy)
    finally:
        for left in (path, f"/trash/{quote(str(expense_id))}"):
            if expense_id and (deleted := walk.send("DELETE", left)).status not in {204, 404}:
                walk.check(f"what was recorded is deleted ({left} of the user is left)", deleted, 204)


def _expense(category: str) -> dict[str, Any]:
    return {"category": category, "amount": 12.34, "payment_method": "Cash", "date": "2025-06-14", "notes": "☕ smoke"}


def _check_created(walk: Walk, key: str, category: str, created: Response) -> bool:
    expense = created.json
    sent = _expense(category) | {"amount": Decimal("12.34"), "month": "June", "year": 2025}
    recorded = walk.check(
        "an expense is recorded",
        created,
        201,
        the_body_is_what_was_sent=sent.items() <= expense.items(),
        there_is_an_ETag="ETag" in created.headers,
        Location_leads_to_it=created.headers.get("Location", "").endswith(f"expenses/{expense.get('expense_id')}"),
    )
    again = walk.send("POST", "/expenses", _expense(category), Idempotency_Key=key)
    walk.check("the same request again records nothing", again, 201, the_body_is_the_first_one=again.json == expense)
    refused = walk.send("POST", "/expenses", {"amount": "12"})
    violations = refused.json.get("errors")
    violations = violations if isinstance(violations, list) else []
    pointers = [violation.get("pointer") for violation in violations if isinstance(violation, dict)]
    walk.check(
        "every violation of the contract is reported",
        refused,
        400,
        the_body_is_a_problem=refused.is_problem,
        errors_has_all_three=all(pointer in pointers for pointer in ("/amount", "/category", "/payment_method")),
    )
    return recorded


def _check_lists(walk: Walk, category: str, expense: dict[str, Any]) -> None:
    mine = {"category": category}
    _check_list(walk, "it is found by its category", mine, [expense])
    _check_list(walk, "it is found by category and month", mine | {"month": "June"}, [expense])
    _check_list(walk, "it is found by category, month and year", mine | {"month": "June", "year": "2025"}, [expense])
    _check_list(walk, "another month does not have it", mine | {"month": "May"}, [])
    _check_list(walk, "another year does not have it", mine | {"year": "2024"}, [])
    _check_list(walk, "another category does not have it", {"category": f"{category}, not"}, [])


def _check_list(walk: Walk, what: str, filters: dict[str, str], items: list[dict[str, Any]]) -> None:
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in filters.items())
    response = walk.send("GET", f"/expenses?{query}")
    walk.check(what, response, 200, items_are_exactly_these=response.json.get("items") == items)


def _check_changes(walk: Walk, path: str, created: Response) -> None:
    read = walk.send("GET", path)
    walk.check("it is looked up by its id", read, 200, the_body_is_the_recorded_one=read.json == created.json)
    etag = read.headers.get("ETag", "")
    changed = walk.send("PATCH", path, {"amount": 10.01}, If_Match=etag)
    walk.check(
        "it is changed on condition of its version",
        changed,
        200,
        the_amount_is_the_new_one=changed.json.get("amount") == Decimal("10.01"),
        the_notes_are_the_old_ones=changed.json.get("notes") == created.json.get("notes"),
        the_ETag_is_a_new_one=changed.headers.get("ETag", "") not in {"", etag},
    )
    stale = walk.send("PATCH", path, {"amount": 1}, If_Match=etag)
    walk.check("a change of an old version is refused", stale, 412, the_body_is_a_problem=stale.is_problem)
    after = walk.send("GET", path)
    walk.check("what was refused changed nothing", after, 200, the_body_is_the_changed_one=after.json == changed.json)


def _check_budget(walk: Walk, category: str, path: str) -> None:
    expense = walk.send("GET", path).json
    currency, amount = expense.get("currency"), expense.get("amount")
    budget = {"category": category, "currency": currency}
    body = {**budget, "amount": 5, "from": "2025-06", "carry_over": "both"}
    delete = f"/budgets?category={quote(category, safe='')}&currency={currency}"
    try:
        walk.check("a budget is set", walk.send("PUT", "/budgets", body), 200)
        status = walk.send("GET", "/budgets/status?year=2025&month=July&limit=100")
        carried = [item.get("carried") for item in status.json.get("items") or () if item.get("category") == category]
        over = 5 - amount if isinstance(amount, Decimal) else None
        is_there = carried == [over] or (not carried and status.json.get("next_cursor") is not None)
        walk.check("what was overspent is carried into the next month", status, 200, it_is_exact=is_there)
    finally:
        walk.check("the budget is deleted", walk.send("DELETE", delete), 204)


def _check_recurrence(walk: Walk, category: str) -> None:
    """Record what is due of a recurrence of long ago, so that nothing of the user's own is recorded with it."""
    body = {"category": category, "amount": 5, "currency": "EUR", "payment_method": "Cash", "first": "2001-01-31"}
    body |= {"every": {"count": 1, "unit": "month"}, "times": 2}
    made = walk.send("POST", "/recurrences", body)
    path = f"/recurrences/{quote(str(made.json.get('recurrence_id')))}"
    recorded: list[dict[str, Any]] = []
    try:
        walk.check("a recurrence is made", made, 201, the_next_is_the_first=made.json.get("next") == "2001-01-31")
        first, second = (walk.send("POST", "/recurrences/record", {"until": "2001-02-28"}) for _ in range(2))
        for response in (first, second):
            items = response.json.get("items") or ()
            recorded += [item["expense"] for item in items if item["expense"]["category"] == category]
        dates = [expense["date"] for expense in recorded]
        walk.check("what is due is recorded", first, 200, on_its_days=dates[:2] == ["2001-01-31", "2001-02-28"])
        walk.check("what is recorded is not due again", second, 200, nothing_is_recorded=len(dates) <= 2)
    finally:
        if made.status == 201:
            walk.check("the recurrence is deleted", walk.send("DELETE", path), 204)
        for expense_id in {quote(str(expense["expense_id"])) for expense in recorded}:
            for left in ("expenses", "trash"):
                walk.send("DELETE", f"/{left}/{expense_id}")


def _check_trash(walk: Walk, key: str, category: str, path: str, copy: "Copy") -> None:
    live = walk.send("GET", path).json
    expense_id, version, amount = (live.get(name) for name in ("expense_id", "version", "amount"))
    total = {"total": amount, "spent": amount, "refunded": 0, "count": 1, "purchases": 1, "refunds": 0}
    groups = [{"currency": live.get("currency"), "category": category, **total}]
    _check_summary(walk, "the summary from 25th to 24th has it", category, groups)
    copy.check("another client's copy has it", expense_id, version, deleted=False)

    walk.check("the expense is deleted", walk.send("DELETE", path), 204)
    gone = walk.send("GET", path)
    walk.check("a deleted expense is not found", gone, 404, the_body_is_a_problem=gone.is_problem)
    _check_list(walk, "a deleted expense is listed no more", {"category": category}, [])
    _check_summary(walk, "the summary is without a deleted expense", category, [])
    again = walk.send("POST", "/expenses", _expense(category), Idempotency_Key=key)
    walk.check("the same request again does not bring it back", again, 410, the_body_is_a_problem=again.is_problem)
    trash = walk.send("GET", "/trash?limit=1")
    newest = (trash.json.get("items") or [{}])[0]
    walk.check(
        "the trash has it",
        trash,
        200,
        the_newest_is_this_one=newest.get("expense_id") == expense_id,
        it_says_until_when="expires_at" in newest,
    )
    copy.check("another client's copy is without a deleted expense", expense_id, version, deleted=True)

    restored = walk.send("POST", f"{path}/restore")
    walk.check(
        "it is restored",
        restored,
        200,
        the_content_is_the_same=_content(restored.json) == _content(live),
        the_version_goes_on=_is_later(restored.json.get("version"), version),
    )
    _check_summary(walk, "the summary has a restored expense again", category, groups)
    copy.check("another client's copy has a restored expense again", expense_id, version, deleted=False)

    walk.send("DELETE", path)
    purged = walk.send("DELETE", f"/trash/{quote(str(expense_id))}")
    walk.check("it is deleted for good", purged, 204)
    unknown = walk.send("POST", f"{path}/restore")
    walk.check("it cannot be restored any more", unknown, 404, the_body_is_a_problem=unknown.is_problem)


def _check_files(walk: Walk, category: str, expense: dict[str, Any]) -> None:
    exported = walk.send("GET", f"/export?category={quote(category, safe='')}")
    walk.check(
        "it is exported", exported, 200, it_is_the_only_line=exported.json.get("expense_id") == expense["expense_id"]
    )


def _check_many(walk: Walk, key: str, category: str, path: str) -> None:
    """Check what records many at once, by what is there already, and that erasing takes its words."""
    live = walk.send("GET", path).json
    batch = walk.send("POST", "/expenses/batch", {"items": [_expense(category) | {"idempotency_key": key}]})
    walk.check(
        "a batch with the key records nothing",
        batch,
        201,
        it_is_a_replay=batch.json.get("items") == [{"expense": live, "replayed": True}],
    )
    line = _expense(category) | {"expense_id": live.get("expense_id")}
    planned = walk.send("POST", "/import?dry_run=true", line, Content_Type="application/x-ndjson")
    walk.check(
        "an import would record nothing", planned, 200, it_is_there_already=planned.json.get("already_there") == 1
    )
    refused = walk.send("POST", "/erase", {"confirm": "no"})
    walk.check("nothing is erased without the words", refused, 400, the_body_is_a_problem=refused.is_problem)


def _check_categories(walk: Walk, category: str, path: str) -> None:
    listed = walk.send("GET", "/categories?limit=100")
    names = [item.get("name") for item in listed.json.get("items") or ()]
    is_there = category in names or listed.json.get("next_cursor") is not None
    walk.check("its category is listed", listed, 200, the_name_is_there=is_there)
    for old, new in ((category, f"{category}, renamed"), (f"{category}, renamed", category)):
        renamed = walk.send("POST", "/categories/rename", {"from": old, "to": new})
        is_moved = renamed.json.get("moved") == 1 and renamed.json.get("done") is True
        walk.check("its category is renamed", renamed, 200, it_is_moved=is_moved)
        _check_list(
            walk, "it is found by the name that its category has now", {"category": new}, [walk.send("GET", path).json]
        )


def _check_summary(walk: Walk, what: str, category: str, items: list[dict[str, Any]]) -> None:
    query = f"category={quote(category, safe='')}&date_from=2025-05-25&date_to=2025-06-24&group_by=category"
    response = walk.send("GET", f"/summary?{query}")
    walk.check(what, response, 200, the_groups_are_exactly_these=response.json.get("items") == items)


def _content(expense: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in expense.items() if name not in {"version", "updated_at"}}


def _is_later(version: Any, than: Any) -> bool:
    return isinstance(version, int) and isinstance(than, int) and version > than


@dataclass
class Copy:
    """A client's own copy of the user's expenses, by their ids, kept by the change feed."""

    walk: Walk
    changes: dict[Any, dict[str, Any]] = field(default_factory=dict)
    cursor: str = ""

    def follow(self) -> Response:
        """Take over what has changed since the last time, and return the last page; at first that is everything."""
        for _ in range(MOST_PAGES):
            page = self.walk.send("GET", f"/changes?limit=100&cursor={quote(self.cursor)}")
            items = page.json.get("items")
            if page.status != 200 or not isinstance(items, list):
                break
            self.changes.update((change.get("expense_id"), change) for change in items)
            self.cursor = page.json.get("next_cursor") or ""
            if page.json.get("up_to_date"):
                break
        return page

    def check(self, what: str, expense_id: Any, version: Any, *, deleted: bool) -> None:
        """Check that the copy has an expense, or its deletion, at a version or a later one."""
        page = self.follow()
        change = self.changes.get(expense_id, {})
        self.walk.check(
            what,
            page,
            200,
            the_change_is_there=change.get("deleted") is deleted,
            the_version_is_not_older=change.get("version") == version or _is_later(change.get("version"), version),
            a_live_one_has_its_content=deleted or change.get("expense", {}).get("expense_id") == expense_id,
        )
