"""PartiQL's insertions, which neither moto nor dynalite reads with parameters: made as conditional puts instead.

An INSERT fails with ``DuplicateItem`` where the key is taken, each statement of a batch stands for itself, and answers
come in the order of the statements (DynamoDB developer guide, PartiQL; API reference, BatchExecuteStatement).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Item = Mapping[str, Any]
INSERT = re.compile(r"INSERT INTO \"([A-Za-z0-9_.-]+)\" VALUE \{((?:'\w+': \?(?:, )?)+)\}")
NAME = re.compile(r"'(\w+)': \?")
MOST = 25


def insertion(statement: Mapping[str, Any]) -> tuple[str, Item]:
    """The table and the item of an INSERT. Raises ValueError for any other statement."""
    found = INSERT.fullmatch(statement["Statement"])
    names = NAME.findall(found[2]) if found else []
    if not found or len(names) != len(statement["Parameters"]) or len(set(names)) != len(names):
        raise ValueError(f"Nothing is known of {statement['Statement']}")
    return found[1], dict(zip(names, statement["Parameters"], strict=True))


def answers(statements: Sequence[Mapping[str, Any]], put: Callable[[str, Item], bool]) -> list[Mapping[str, Any]]:
    """What DynamoDB answers to a batch; ``put`` writes an item unless its key is taken, and tells whether it did."""
    if len(statements) > MOST:
        raise ValueError("A batch has 25 statements at most")
    told: list[Mapping[str, Any]] = []
    for statement in statements:
        table, item = insertion(statement)
        taken = {"Error": {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}}
        told.append({"TableName": table} if put(table, item) else taken)
    return told
