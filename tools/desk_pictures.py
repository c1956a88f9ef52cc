"""Brings the pictures of the desk that the browser's test took to the docs.

Run the test first (``pytest tests/e2e/test_desk_browser.py``), then this, and look at what came of it.
"""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TAKEN, SHOWN = ROOT / "build" / "pictures", ROOT / "docs" / "images"
PICTURES = (
    *("desk-first-order", "desk-work", "desk-work-dark", "desk-why", "desk-map-tried", "desk-run-asked"),
    "desk-history",
)
"""Those that a page of the docs shows."""
LARGEST = 150_000
"""Bytes of a picture: a page is read over a telephone, too."""


def main() -> int:
    """Copy them; 1 where one was not taken, or is too large."""
    troubles = [trouble for name in PICTURES for trouble in _brought(name)]
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    return 1 if troubles else 0


def _brought(name: str) -> list[str]:
    taken = TAKEN / f"{name}.png"
    if not taken.exists():
        return [f"{taken} was not taken: run tests/e2e/test_desk_browser.py first."]
    if taken.stat().st_size > LARGEST:
        return [f"{taken} has {taken.stat().st_size:,} bytes, and may have {LARGEST:,}."]
    SHOWN.mkdir(exist_ok=True)
    shutil.copy(taken, SHOWN)
    return []


if __name__ == "__main__":
    sys.exit(main())
