"""The page a person sees who opens an emulator in a browser."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import islice

SHOWN = 500
BELOW_THIS = "<table>"
"""Where the table begins: what else a person sees goes above it."""
_STYLE = (
    "body{font-family:sans-serif;margin:2em}"
    "td,th{padding:.3em .8em;text-align:left}"
    "tr:nth-child(even){background:#f4f4f4}"
    "form{display:inline-block;margin:0 1.2em .6em 0}"
    "[role=status]{background:#eef6ee;padding:.4em .8em}"
)


def table_page(title: str, summary: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write HTML with a table of the first rows; what they hold is escaped."""
    lines = "".join(_line(row, "td") for row in islice(rows, SHOWN))
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title><style>{_STYLE}</style>"
        f"<h1>{escape(title)}</h1><p>{escape(summary)}</p>{BELOW_THIS}{_line(headings, 'th')}{lines}</table></html>"
    )


def _line(cells: Sequence[object], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(str(cell))}" for cell in cells) + "</tr>\n"
