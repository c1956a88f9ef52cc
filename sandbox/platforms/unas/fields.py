"""The nodes of a documented structure: what may be written, what is shown at which level, and what an empty one does.

A node that is not sent stays, a node that is sent empty clears the stored value, a node that nobody knows or that is
read-only is passed over (platform file, "General rules of the protocol").
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.platforms.unas.errors import refused
from sandbox.platforms.unas.wire import Record, is_time, number, rows

MINIMAL, SHORT, NORMAL, FULL = range(4)
"""``ContentType``: a level holds the ones before it."""
LEVELS = {"minimal": MINIMAL, "short": SHORT, "normal": NORMAL, "full": FULL}
Write = Literal["no", "add", "yes"]


@dataclass(frozen=True)
class Node:
    """One node.

    Args:
        write: When it may be written.
        inside: The nodes below it; None is a text.
        many: It is repeated.
        same: Names that tell rows apart: rows that are sent change those that agree in them and leave the others;
            None is that they replace all.
        group: Rows that agree in ``same`` are replaced as a group, for several of a kind are usual.
        kind: What a text should be, in words.
        level: From which content level on it is shown.
        row_levels: Other levels of rows, by their ``Type``.
        shown: It is read too.
        blank: It is shown empty when there is no value.
        required: It cannot be cleared.
    """

    write: Write = "yes"
    inside: "Shape | None" = None
    many: bool = False
    same: tuple[str, ...] | None = None
    group: bool = False
    kind: str = "a text"
    accepts: Callable[[Any], bool] = lambda value: isinstance(value, str)
    level: int = MINIMAL
    row_levels: Mapping[str, int] | None = None
    shown: bool = True
    blank: bool = False
    required: bool = False


Shape = Mapping[str, Node]

TEXT = Node()
BLANK = Node(blank=True)
READ = Node(write="no")
ONCE = Node(write="add")
SENT = Node(shown=False)


def is_number(value: Any) -> bool:
    """A number with a point."""
    return number(value) is not None


def one_of(*values: str, **more: Any) -> Node:
    """One of a closed set."""
    return Node(kind=f"one of {', '.join(values)}", accepts=lambda value: value in values, **more)


def holding(inside: Shape, **more: Any) -> Node:
    """A node with others below it."""
    return Node(inside=inside, **more)


def many(inside: Shape | None = None, **more: Any) -> Node:
    """A repeated node."""
    return Node(inside=inside, many=True, **more)


NUMBER = Node(kind="a number with a point", accepts=is_number)
TIME = Node(kind="a date such as 2030.01.31 or 2030.01.31 12:00:00", accepts=is_time)
YES_NO = one_of("yes", "no")
FLAG = one_of("0", "1")


@dataclass
class Merge:
    """One write into a stored record.

    Args:
        adding: The record is new.
        ignored: Counts what was passed over, by path.
        known: Whether any node could be written.
    """

    adding: bool
    ignored: Counter[str]
    known: bool = False

    def into(self, stored: Record, sent: Any, shape: Shape, where: str) -> None:
        """Take over what was sent.

        Raises:
            EntityError: A value is none that the node takes.
        """
        for name, value in sent.items() if isinstance(sent, dict) else ():
            node, path = shape.get(name), f"{where}.{name}"
            if node is None or node.write == "no" or (node.write == "add" and not self.adding):
                self.ignored[path] += 1
                continue
            self.known = True
            if value == "":
                self._clear(stored, name, node, path)
            else:
                self._put(stored, name, value, node, path)

    def _clear(self, stored: Record, name: str, node: Node, path: str) -> None:
        if node.required:
            raise refused(f"{path} cannot be empty")
        stored.pop(name, None)

    def _put(self, stored: Record, name: str, value: Any, node: Node, path: str) -> None:
        if node.many:
            value = self._rows(stored.get(name, []), value if isinstance(value, list) else [value], node, path)
        elif node.inside is not None:
            if not isinstance(value, dict):
                raise refused(f"{path} should hold nodes")
            self.into(stored.setdefault(name, {}), value, node.inside, path)
            return
        elif not node.accepts(value):
            raise refused(f"{path} should be {node.kind}")
        stored[name] = value

    def _rows(self, stored: list[Any], sent: list[Any], node: Node, path: str) -> list[Any]:
        if node.inside is None:
            return [each for each in sent if each != ""]
        if node.same is None:
            return [self._row({}, each, node.inside, path) for each in sent]
        kept = list(stored)
        if node.group:
            marks = [_mark(each, node.same) for each in sent]
            kept = [row for row in stored if _mark(row, node.same) not in marks]
            return [*kept, *(self._row({}, each, node.inside, path) for each in sent)]
        for each in sent:
            found = next((row for row in kept if _mark(row, node.same) == _mark(each, node.same)), None)
            if found is None:
                kept.append(self._row({}, each, node.inside, path))
            else:
                kept[kept.index(found)] = self._row(dict(found), each, node.inside, path)
        return kept

    def _row(self, row: Record, sent: Any, shape: Shape, path: str) -> Record:
        self.into(row, sent, shape, path)
        return row


def _mark(row: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(row.get(name, "") if isinstance(row, dict) else "" for name in names)


def shown(record: Record, shape: Shape, level: int = FULL) -> Record:
    """The record as it is read, its nodes in the order of the shape."""
    found = {}
    for name, node in shape.items():
        if not node.shown or node.level > level:
            continue
        value = _shown_value(record.get(name, ""), node, level)
        if value not in ("", [], {}) or node.blank:
            found[name] = "" if value in ("", [], {}) else value
    return found


def _shown_value(value: Any, node: Node, level: int) -> Any:
    if node.inside is None:
        return value
    if not node.many:
        return shown(value or {}, node.inside, level)
    levels = node.row_levels or {}
    return [shown(row, node.inside, level) for row in value or [] if levels.get(row.get("Type", ""), level) <= level]


def listed(record: Record, holder: str, name: str) -> list[Any]:
    """The rows of a list such as ``Items`` > ``Item``."""
    return rows(record.get(holder, {}), name)
