"""YAML as an operator writes and reads it, and where in a file a setting stands."""

from collections.abc import Sequence
from typing import Any


def dumped(value: Any) -> str:
    """A value as YAML, in its own order."""
    import yaml

    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True)


def parsed(text: str) -> Any:
    """What a text holds; JSON is YAML, too.

    Raises:
        ValueError: It is not well-formed: where and what, without the line itself, for a secret may stand in it.
    """
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ValueError(f"{where}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ValueError(f": {error}") from error


def line_of(text: str, path: Sequence[str]) -> int:
    """The line, from one, at which a setting stands, or the nearest part above it that is there; 0 for none of it.

    Args:
        path: Its parts; an entry of a list by its number from one.
    """
    import yaml

    node, line = yaml.compose(text, yaml.SafeLoader), 0
    for part in path:
        found = next((each for each in _below(node) if each[0] == part), None)
        if found is None:
            break
        _, line, node = found
    return line


def _below(node: Any) -> list[tuple[str, int, Any]]:
    """What stands below a node: its name, its line, and itself."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        return [(str(key.value), key.start_mark.line + 1, value) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return [(str(number), each.start_mark.line + 1, each) for number, each in enumerate(node.value, start=1)]
    return []
