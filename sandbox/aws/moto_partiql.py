"""Lets moto answer batches of PartiQL's insertions, which its own parser does not read."""

from collections.abc import Mapping, Sequence
from typing import Any

from moto.dynamodb.models import DynamoDBBackend

from sandbox.aws.partiql import Item, answers


def teach_moto() -> None:
    """Let moto answer batches of insertions."""

    def batch(backend: DynamoDBBackend, statements: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        def put(table: str, item: Item) -> bool:
            if backend.get_item(table, {name: item[name] for name in ("connection", "record")}) is not None:
                return False
            backend.put_item(table, dict(item))
            return True

        return answers(statements, put)

    DynamoDBBackend.batch_execute_statement = batch  # type: ignore[method-assign,assignment]
