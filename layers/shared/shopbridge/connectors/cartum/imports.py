"""Writing rows of the catalogue: in pieces that a shop takes, with a word for each row (platform file, "Import").

Nobody tells how many rows a call may have: one client saw connections break above 130 KB, another time-outs at 1,000
rows, a third recommends 50. A row is met by its article, so the same may be sent again.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shopbridge.connectors.cartum.api import CartumApi
from shopbridge.connectors.cartum.wire import WireLog

IMPORT: Final = "catalog/import"
LARGEST_IMPORT = 100_000
"""[inferred] Bytes of the rows of one call."""
DESCRIBED, FIGURES = 50, 200
"""[inferred] Rows in one call: with texts, and without."""
Record = Mapping[str, Any]


@dataclass(frozen=True)
class RowOutcome:
    """What became of one row.

    Attributes:
        problems: What the shop complains of, also where the rest was written.
    """

    is_done: bool
    problems: tuple[str, ...] = ()


NOT_TOLD: Final = RowOutcome(is_done=False, problems=("Cartum does not say what became of it",))


def import_rows(api: CartumApi, rows: Sequence[Record], most: int = FIGURES) -> dict[str, RowOutcome]:
    """Write rows and return what became of each, by its article.

    Raises:
        RetryLater: Some or none were written, also after a lost answer.
    """
    outcomes: dict[str, RowOutcome] = {}
    for some in in_pieces(rows, most):
        outcomes |= outcomes_of([str(row["article"]) for row in some], api.write(IMPORT, "products", some))
    return outcomes


def in_pieces(rows: Sequence[Record], most: int) -> Iterator[list[Record]]:
    """Yield rows in pieces of so many and so many bytes at the most; a row that is larger goes alone."""
    piece: list[Record] = []
    size = 0
    for row in rows:
        bytes_of_row = len(json.dumps(row, ensure_ascii=False, default=str).encode(errors="replace")) + 1
        if piece and (len(piece) >= most or size + bytes_of_row > LARGEST_IMPORT):
            yield piece
            piece, size = [], 0
        piece.append(row)
        size += bytes_of_row
    if piece:
        yield piece


def outcomes_of(articles: Sequence[str], log: Sequence[WireLog]) -> dict[str, RowOutcome]:
    """Return what a log says of each row: by its article, and where no line has one by its place."""
    nameless = not any(line.article for line in log) and len(log) == len(articles)
    lines: dict[str, list[WireLog]] = {}
    for place, line in enumerate(log):
        lines.setdefault(articles[place] if nameless else line.article, []).append(line)
    return {article: _outcome(lines[article]) if article in lines else NOT_TOLD for article in articles}


def _outcome(lines: Sequence[WireLog]) -> RowOutcome:
    """A row may have several lines, one for each remark."""
    problems = tuple(dict.fromkeys(problem for line in lines for problem in line.problems))
    return RowOutcome(is_done=any(line.is_ok for line in lines), problems=problems)
