"""What the console makes of a widget's answer: HTML, Markdown or JSON, without what it would not show."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from html import escape
from html.parser import HTMLParser
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt

LARGEST: Final = 6 * 1024 * 1024
"""Bytes that Lambda answers at most."""
LARGE: Final = 250_000
"""Bytes from which on a browser takes noticeably long."""
_MORE_TAGS = """
cwdb-action style form fieldset legend input select optgroup option textarea label main section nav
svg g defs title desc path circle ellipse rect line polyline polygon text tspan linearGradient stop
"""
_EVERYWHERE = """
class id style title role tabindex lang dir hidden width height align valign
viewBox xmlns d cx cy r rx ry x y x1 x2 y1 y2 dx dy points fill fill-opacity stroke stroke-width stroke-linecap
stroke-linejoin stroke-dasharray opacity transform text-anchor font-size preserveAspectRatio offset stop-color
"""
_ON_TAGS = {
    "*": _EVERYWHERE,
    "cwdb-action": "action display endpoint confirmation event",
    "a": "href target rel",
    "img": "src alt",
    "input": "type name value checked placeholder size maxlength min max step disabled readonly",
    "select": "name disabled",
    "option": "value selected disabled",
    "optgroup": "label",
    "textarea": "name rows cols placeholder disabled readonly",
    "label": "for",
    "th": "colspan rowspan scope",
    "td": "colspan rowspan",
    "col": "span",
    "colgroup": "span",
    "ol": "start",
}
_TAGS = nh3.ALLOWED_TAGS | set(_MORE_TAGS.split())
_ATTRIBUTES = {tag: set(names.split()) for tag, names in _ON_TAGS.items()}
_INPUTS = frozenset({"text", "number", "email", "search", "hidden", "radio", "checkbox"})
"""Kinds of fields that were seen in widgets of others."""


@dataclass(frozen=True)
class Shown:
    """What goes into the page.

    Attributes:
        kind: ``html``, ``markdown``, ``json`` or ``error``.
        html: Safe to be inserted.
        warnings: What is a fault of the widget, as sentences.
    """

    kind: str
    html: str
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As it travels to the page."""
        return asdict(self)


def shown(answer: Any) -> Shown:
    """A string is HTML, ``{"markdown": …}`` is Markdown, and everything else is shown as JSON."""
    size = len(json.dumps(answer).encode())
    if size > LARGEST:
        return failed(f"The answer has {size:,} bytes; Lambda takes 6 MB.")
    large = (f"The answer has {size:,} bytes: over 250,000 a browser is slow.",) if size > LARGE else ()
    if isinstance(answer, str):
        return cleaned(answer, large)
    if isinstance(answer, dict) and answer.keys() == {"markdown"}:
        return Shown("markdown", cleaned(rendered(str(answer["markdown"]))).html, large)
    return Shown("json", f"<pre>{escape(json.dumps(answer, indent=2, ensure_ascii=False), quote=False)}</pre>", large)


def cleaned(html: str, warnings: tuple[str, ...] = ()) -> Shown:
    """HTML without scripts, handlers, frames and what else would not stay; each of these is a warning."""
    kept = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "iframe", "noscript"},
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        generic_attribute_prefixes={"aria-", "data-"},
        url_schemes={"https", "http", "mailto", "data"},
        link_rel=None,
    )
    removed = (f"The console would remove {what}." for what in _removed(html, kept))
    return Shown("html", kept, (*warnings, *removed))


def rendered(markdown: str) -> str:
    """Markdown as HTML; HTML inside stays text."""
    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown))


def failed(text: str) -> Shown:
    """What is said in the place of a widget that cannot be shown."""
    return Shown("error", f"<p>{escape(text)}</p>")


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """An attribute's value, or None where it goes: pictures come along, links lead to pages, few kinds of fields."""
    is_data = value.strip().lower().startswith("data:")
    match tag, attribute:
        case "img", "src":
            return value if is_data else None
        case "a", "href":
            return None if is_data else value
        case "input", "type":
            return value if value.lower() in _INPUTS else None
    return value


def _removed(before: str, after: str) -> Iterator[str]:
    """Elements and attributes that are gone, each once; void of what the parser itself adds."""
    gone = _inventory(before) - _inventory(after)
    return (f"{name}, {count} times" if count > 1 else name for name, count in sorted(gone.items()))


def _inventory(html: str) -> Counter[str]:
    reader = _Inventory()
    reader.feed(html)
    reader.close()
    return reader.found


class _Inventory(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[f"<{tag}>"] += 1
        for name, _ in attrs:
            self.found[f"{name} of <{tag}>"] += 1
