"""Every tag of the desk's widgets.

What is shown comes from shops, back offices and people, and markup of theirs could bring a button of its own: another
function, one click, no question. So a value goes through ``Markup.format`` alone, which escapes it; what is a tag, a
class, a name or an attribute stands in this file. The console takes JSON in ``<cwdb-action>`` as text or as HTML,
nobody says which: ASCII without ``<``, ``>`` and ``&`` reads the same both ways.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from markupsafe import Markup, escape

from shopbridge.desk.style import STYLE

Kind = Literal["good", "warn", "bad", "info"]
Content = str | int | Markup
"""What stands in an element: markup of this module, or a value to be escaped."""
MOST_BYTES = 250_000
"""Of an answer: what the console shows without a wait."""
ROOM = 200_000
"""Bytes that the rows of one table may take of it."""
LONGEST = 600
"""Characters of one value."""
LONGEST_QUESTION = 300
"""Characters of a question before an action: it has to fit a small window."""
HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Characters that are not seen, or that turn others around: one could make a question read otherwise than it is."""
SAFE_SCHEMES = frozenset({"https"})
JSON_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def visible(value: object, longest: int = LONGEST) -> str:
    """Return a value as text in which nothing hides: control and bidirectional characters are escapes."""
    words = str(value)
    shown = HIDDEN.sub(_escaped, words[:longest])
    return f"{shown}…" if len(words) > longest else shown


def _escaped(found: re.Match[str]) -> str:
    """As JSON and Python write it, so that a text of JSON stays one."""
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _inner(content: Content) -> Markup:
    return content if isinstance(content, Markup) else Markup("{}").format(visible(content))


def joined(parts: Iterable[Content]) -> Markup:
    """Put parts one after the other."""
    return Markup().join(_inner(part) for part in parts)


def page(*parts: Content) -> Markup:
    """Return a widget's whole answer; one that is too large says so in its place."""
    made = Markup('<div class="sb"><style>{}</style>{}</div>').format(STYLE, joined(parts))
    if len(made.encode()) <= MOST_BYTES:
        return made
    return page(note("warn", "This is more than a widget can show. Choose one connection, or search for less."))


def heading(words: Content) -> Markup:
    """Return a heading."""
    return Markup('<h3 class="sb-heading">{}</h3>').format(_inner(words))


def line(*parts: Content) -> Markup:
    """Return a line of text."""
    return Markup('<div class="sb-line">{}</div>').format(joined(parts))


def soft(*parts: Content) -> Markup:
    """Return words that matter less."""
    return Markup('<span class="sb-soft">{}</span>').format(joined(parts))


def code(words: object) -> Markup:
    """Return what a machine calls something."""
    return Markup('<span class="sb-code">{}</span>').format(visible(words))


def row(*parts: Content) -> Markup:
    """Return things beside each other, where there is room."""
    return Markup('<div class="sb-row">{}</div>').format(joined(parts))


def note(kind: Kind, *parts: Content) -> Markup:
    """Return a message that is to be seen first."""
    return Markup('<div class="sb-note sb-note-{}" role="status">{}</div>').format(kind, joined(parts))


def badge(kind: Kind, words: Content) -> Markup:
    """Return a word with a colour; the word alone says it, too."""
    return Markup('<span class="sb-badge sb-badge-{}">{}</span>').format(kind, _inner(words))


def listing(items: Iterable[Content]) -> Markup:
    """Return a list."""
    inner = Markup().join(Markup('<li class="sb-item">{}</li>').format(_inner(item)) for item in items)
    return Markup('<ul class="sb-list">{}</ul>').format(inner)


def table(headings: Sequence[str], rows: Iterable[Sequence[Content]]) -> Markup:
    """Return a table; rows that have no room are counted instead."""
    names = Markup().join(Markup('<th class="sb-head" scope="col">{}</th>').format(words) for words in headings)
    head = Markup("<thead><tr>{}</tr></thead>").format(names) if headings else Markup()
    made, left, room = list[Markup](), 0, ROOM
    for cells in rows:
        inner = Markup().join(Markup('<td class="sb-cell">{}</td>').format(_inner(cell)) for cell in cells)
        room -= len(inner.encode())
        if room < 0:
            left += 1
        else:
            made.append(Markup("<tr>{}</tr>").format(inner))
    body = Markup('<table class="sb-table">{}<tbody>{}</tbody></table>').format(head, Markup().join(made))
    return joined([body, line(soft(f"… and {left} more for which there is no room."))]) if left else body


def bar(percent: int) -> Markup:
    """Return how far something came, of a hundred."""
    done = min(100, max(0, percent))
    return Markup(
        '<svg class="sb-bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{} of 100">'
        '<rect class="sb-bar-bed" width="100" height="8"></rect>'
        '<rect class="sb-bar-done" width="{}" height="8"></rect></svg>'
    ).format(done, done)


def link(words: Content, url: str) -> Markup:
    """Return a link that opens beside the console; an address that is none of ours to open stays text."""
    address = href(url)
    if not address:
        return _inner(words)
    return Markup('<a class="sb-go" href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(
        address, _inner(words)
    )


def href(url: str) -> str:
    """Return an address that may be opened, quoted; empty for any other."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in SAFE_SCHEMES or not parts.hostname or parts.username is not None:
        return ""
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~", errors="replace")


# --- forms: every named field of a widget travels with every press --------------------------------------------------


def form(*parts: Content) -> Markup:
    """Return fields with what is to be pressed."""
    return Markup('<form class="sb-form">{}</form>').format(joined(parts))


def field(name: str, label: str, value: str = "", hint: str = "") -> Markup:
    """Return a field of one line. ``name`` is ours, never a value."""
    return Markup(
        '<label class="sb-field">{}<input class="sb-input" type="text" name="{}" value="{}" placeholder="{}"></label>'
    ).format(label, name, visible(value), hint)


def area(name: str, label: str, value: str) -> Markup:
    """Return a field of several lines, for a text of JSON: what would hide in it is an escape of JSON."""
    shown = HIDDEN.sub(lambda found: found[0] if found[0] == "\n" else _escaped(found), value)
    # A parser drops the first line break behind the tag.
    return Markup('<label class="sb-field">{}<textarea class="sb-area" name="{}">\n{}</textarea></label>').format(
        label, name, shown
    )


def choice(name: str, label: str, options: Mapping[str, str], chosen: str) -> Markup:
    """Return a field to choose in; by value, what it is called."""
    made = (
        Markup('<option value="{}"{}>{}</option>').format(
            value, Markup(" selected") if value == chosen else "", visible(words)
        )
        for value, words in options.items()
    )
    return Markup('<label class="sb-field">{}<select class="sb-input" name="{}">{}</select></label>').format(
        label, name, Markup().join(made)
    )


def tick(name: str, label: str, *, ticked: bool = False) -> Markup:
    """Return a box to tick."""
    return Markup('<label class="sb-tick"><input type="checkbox" name="{}" value="true"{}>{}</label>').format(
        name, Markup(" checked") if ticked else "", label
    )


# --- presses --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PressJson:
    """What comes back when something is pressed: JSON that no reading as HTML changes."""

    state: Mapping[str, Any]

    def __html__(self) -> str:
        """Return it as it stands in the page."""
        return json.dumps(self.state, ensure_ascii=True, separators=(",", ":")).translate(JSON_ESCAPES)


@dataclass(frozen=True)
class Presses:
    """What can be pressed in one widget.

    Attributes:
        endpoint: The function that is called, as the context of this very call names it.
        widget: Which widget, so that the answer is the same one.
    """

    endpoint: str
    widget: str

    def go(self, words: Content, **state: Any) -> Markup:
        """Return something that shows another part of the widget."""
        return Markup('<a class="sb-go" role="button" tabindex="0">{}</a>{}').format(
            _inner(words), self._action("", state)
        )

    def button(self, words: Content, **state: Any) -> Markup:
        """Return a button that only shows something, such as what was searched for."""
        return Markup('<a class="btn" role="button" tabindex="0">{}</a>{}').format(
            _inner(words), self._action("", state)
        )

    def act(self, words: Content, question: str, **state: Any) -> Markup:
        """Return a button that does something once the question was answered."""
        return Markup('<a class="btn btn-primary" role="button" tabindex="0">{}</a>{}').format(
            _inner(words), self._action(question, state)
        )

    def _action(self, question: str, state: Mapping[str, Any]) -> Markup:
        sent = PressJson({"widget": self.widget, **{name: value for name, value in state.items() if value != ""}})
        asks = Markup(' confirmation="{}"').format(visible(question, LONGEST_QUESTION)) if question else ""
        opened = Markup('<cwdb-action action="call" endpoint="{}"{}>').format(self.endpoint, asks)
        # Joined, since ``format`` would escape the quotes of what is HTML as it is.
        return Markup().join((opened, escape(sent), Markup("</cwdb-action>")))
