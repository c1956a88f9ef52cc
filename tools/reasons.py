"""Takes what the pages about operations explain to the command line: every reason and event with what to do.

Run it as `make docs`; a test fails while the file differs from what they say.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = tuple(ROOT / "docs" / "operations" / f"{name}.md" for name in ("events", "reasons", "alarms", "repair"))
"""Where the tables stand, in the order in which they are read."""
FILE = ROOT / "cli" / "shopbridge_cli" / "reasons.json"
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
    return (
        json.dumps(
            explained("\n".join(page.read_text(encoding="utf-8") for page in PAGES)), indent=1, ensure_ascii=False
        )
        + "\n"
    )


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
