"""Recount totals from the expenses, for operators: `python -m api.summaries.rebuild`, see docs/deploy.md."""

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from typing import get_args

from botocore.exceptions import BotoCoreError
from botocore.session import get_session

from api.dynamodb import DynamoDBError, dynamodb_client
from api.summaries.cells import Tally, record_key
from api.summaries.recount import Difference, Outcome, Recount


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every total that differs, then how many there are; return 1 where one is left as it is, else 0."""
    parser = argparse.ArgumentParser(
        prog="python -m api.summaries.rebuild",
        description="Recount totals from the expenses and print those that differ. Users can go on writing meanwhile.",
    )
    parser.add_argument("--user", help="recount one user, by the sub of their tokens, instead of all")
    parser.add_argument("--write", action="store_true", help="correct the totals that differ")
    parser.add_argument("--expenses-table", default=os.environ.get("TABLE_NAME"), help="default: $TABLE_NAME")
    parser.add_argument("--records-table", default=os.environ.get("RECORDS_TABLE_NAME"), help="$RECORDS_TABLE_NAME")
    options = parser.parse_args(arguments)
    if not (options.expenses_table and options.records_table):
        parser.error("name both tables, by options or by TABLE_NAME and RECORDS_TABLE_NAME")
    try:
        client = dynamodb_client(get_session())
        recount = Recount(client, options.expenses_table, options.records_table)
        users = [options.user] if options.user else recount.users()
        return _report((user, recount.of_user(user, write=options.write)) for user in users)
    except (BotoCoreError, DynamoDBError) as error:
        detail = getattr(error, "aws_code", "") or error
        sys.exit(f"Stopped: {detail}. What was corrected stays; run it again.")


def _report(users: Iterable[tuple[str, Sequence[tuple[Difference, Outcome]]]]) -> int:
    count = 0
    outcomes: list[Outcome] = []
    for user_id, found in users:
        count += 1
        for (cell, kept, counted), outcome in found:
            outcomes.append(outcome)
            totals = f"{_described(kept.tally)}; counted {_described(counted)}"
            sys.stdout.write(f"{outcome} {user_id} {record_key(*cell)}: {totals}\n")
    summary = ", ".join(f"{kind}: {outcomes.count(kind)}" for kind in get_args(Outcome))
    sys.stdout.write(f"users: {count}; totals {summary}\n")
    return 1 if set(outcomes) - {"corrected"} else 0


def _described(tally: Tally) -> str:
    return f"spent {tally.spent} in {tally.purchases}, refunded {tally.refunded} in {tally.refunds}"


if __name__ == "__main__":
    sys.exit(main())
