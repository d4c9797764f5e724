"""The tables of a stack, beside the definitions that they are made from."""

from collections.abc import Iterator

from api.tables import EXPENSES, RECORDS, TableDefinition
from tests.infra.recording import Recording, Resource


def tables(recording: Recording) -> Iterator[tuple[TableDefinition, Resource]]:
    """Yield the table of expenses and that of records."""
    function = recording.one("Function").inputs["name"]
    by_name = {table.inputs["name"]: table for table in recording.all("Table")}
    yield EXPENSES, by_name[function]
    yield RECORDS, by_name[f"{function}-records"]


def table_names(recording: Recording) -> list[str]:
    """Return the name of the table of expenses and that of records."""
    return [table.inputs["name"] for _, table in tables(recording)]
