"""Takes what the operations page explains to the command line: every reason and event with what to do.

Run it as `make docs`; a test fails while the file differs from what the page says.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "operations.md"
FILE = ROOT / "cli" / "reasons.json"
COLUMNS = 3
"""Of a table that explains: the codes, what they mean, what to do."""


def explained(page: str) -> dict[str, dict[str, str]]:
    """Return by code the heading it stands under, what it means and what to do.

    A code that several tables have is told by the first of them.
    """
    found: dict[str, dict[str, str]] = {}
    for heading, cells in _rows(page):
        for code in re.findall(r"`([a-z][a-z_]+)`", cells[0]):
            found.setdefault(code, {"about": heading, "means": cells[1], "do": cells[2]})
    return dict(sorted(found.items()))


def _rows(page: str) -> Iterator[tuple[str, list[str]]]:
    """Every row of three cells that begins with a code, under its heading."""
    heading = ""
    for line in page.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip("|"))]
        if line.startswith("| `") and len(cells) == COLUMNS:
            yield heading, [re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", cell) for cell in cells]


def text() -> str:
    """Return the file as it should be."""
    return json.dumps(explained(PAGE.read_text(encoding="utf-8")), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
