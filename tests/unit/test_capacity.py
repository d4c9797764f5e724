"""What DynamoDB's guide says of units, by example."""

import pytest

from bench.capacity import item_bytes, read_units, write_units


def test_an_item_is_as_large_as_its_names_and_its_values_in_utf_8() -> None:
    assert item_bytes({"category": {"S": "Café"}}) == 8 + 5


@pytest.mark.parametrize(("number", "size"), [("0", 1), ("7", 2), ("27", 2), ("-27", 3), ("12.34", 3), ("45000", 2)])
def test_a_number_takes_a_byte_for_two_digits_and_for_its_sign(number: str, size: int) -> None:
    assert item_bytes({"n": {"N": number}}) == 1 + size


def test_a_map_takes_three_bytes_and_one_for_each_of_its_values() -> None:
    assert item_bytes({"m": {"M": {"a": {"S": "xyz"}, "b": {"M": {}}}}}) == 1 + 3 + 2 + (1 + 3) + (1 + 3)


def test_a_list_takes_three_bytes_and_one_for_each_of_its_values() -> None:
    assert item_bytes({"l": {"L": [{"S": "xyz"}, {"N": "7"}]}}) == 1 + 3 + 2 + 3 + 2


def test_a_type_that_no_item_has_is_refused() -> None:
    with pytest.raises(ValueError, match="type BOOL"):
        item_bytes({"b": {"BOOL": True}})


@pytest.mark.parametrize(("sizes", "units"), [([], 1), ([1], 1), ([4096], 1), ([2048, 2049], 2), ([400] * 100, 10)])
def test_a_query_costs_a_unit_for_every_4_kb_that_it_reads_in_all(sizes: list[int], units: int) -> None:
    assert read_units(sizes) == units


@pytest.mark.parametrize(("size", "index_writes", "units"), [(1024, 0, 1), (1025, 0, 2), (400, 2, 3), (400, 4, 5)])
def test_a_write_costs_a_unit_for_every_kb_and_again_for_every_entry_of_an_index(
    size: int, index_writes: int, units: int
) -> None:
    assert write_units(size, index_writes) == (units, units)


@pytest.mark.parametrize(
    ("size", "index_writes", "floor", "ceiling"), [(1024, 0, 2, 2), (1025, 0, 4, 4), (400, 3, 5, 8), (1025, 3, 10, 16)]
)
def test_a_transaction_costs_the_table_twice_as_much_and_the_indexes_perhaps(
    size: int, index_writes: int, floor: int, ceiling: int
) -> None:
    assert write_units(size, index_writes, is_transaction=True) == (floor, ceiling)
