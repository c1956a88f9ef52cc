"""A list that is handed out from memory: the rank of a code is a function of the code, and pages lose nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shopbridge.connectors.kit import whole_list
from shopbridge.connectors.kit.whole_list import in_order, item_id, page_behind, rank_in, rank_of
from tests.examples import examples

codes = st.sets(st.text(st.characters(codec="ascii", categories=["L", "N"]), max_size=6), max_size=30)


def test_a_rank_is_the_same_each_time_and_rows_without_a_code_come_first() -> None:
    assert rank_of("MUG") == rank_of("MUG") != rank_of("mug")
    assert (rank_of(""), in_order(["MUG", ""])[0]) == (1, "")
    assert 0 < rank_of("MUG") < 2**63


def test_rows_of_one_code_have_ids_of_their_own() -> None:
    assert [item_id("MUG", number) for number in (1, 2)] == ["MUG", "MUG#2"]


def test_an_odd_position_is_the_first_page() -> None:
    assert [rank_in(position) for position in (None, "", "x", "-1", "17")] == [0, 0, 0, 0, 17]


@settings(max_examples=examples(200))
@given(codes=codes, size=st.integers(1, 7))
def test_pages_hold_every_row_once_by_rising_rank(codes: set[str], size: int) -> None:
    rows = {code: [code, code.upper()] for code in in_order(codes)}
    told: list[tuple[str, str]] = []
    rank, usual = 0, whole_list.CODES
    whole_list.CODES = size
    try:
        while True:
            items, position = page_behind(rank, rows)
            told += items
            if position is None:
                break
            rank = rank_in(position)
    finally:
        whole_list.CODES = usual
    assert told == [(item_id(code, number), row) for code in rows for number, row in enumerate(rows[code], 1)]
