"""Bulk writes the way 6.4 does them by default: record by record, with an answer for each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import Headers

from sandbox.platforms.shopware.errors import ApiError
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.writing.batch import Batch
from sandbox.platforms.shopware.writing.sync import Deleted, Operation, Require, execute

Entry = dict[str, Any]


class _FailedError(Exception):
    """Takes back a transaction in which a record failed."""


def asked_for(headers: Headers, name: str, *, default: bool) -> bool:
    """A header that is read as a boolean."""
    value = headers.get(name)
    return default if value is None else value.strip().lower() in {"1", "true", "on", "yes"}


@dataclass(frozen=True)
class EachAlone:
    """Writes record by record.

    Args:
        new_batch: Makes the batch of one record.
        require: Checks the caller's rights.
    """

    shop: Shop
    new_batch: Callable[[], Batch]
    require: Require

    def run(self, operations: list[Operation], *, fail_on_error: bool) -> tuple[dict[str, Any], int]:
        """Do the operations: the answer and its status.

        Args:
            fail_on_error: True: one transaction, any error takes all back, 400. False: one transaction for each
                operation, 200. The entities of the other records of a failing operation stay in its answer then,
                although they were taken back (C11).
        """
        results: dict[str, list[Entry]] = {}
        together = [operations] if fail_on_error else [[operation] for operation in operations]
        outcomes = [self._attempt(each, results) for each in together]
        fine = all(outcomes)
        if fail_on_error and not fine:
            _empty(results)
        return _answer(results, success=fine), 400 if fail_on_error and not fine else 200

    def _attempt(self, operations: list[Operation], results: dict[str, list[Entry]]) -> bool:
        """Work in a transaction that is taken back when a record failed in it."""
        try:
            with self.shop.change():
                done = {operation.key: self._entries(operation) for operation in operations}
                results |= done
                _refuse_errors(done)
        except _FailedError:
            return False
        return True

    def _entries(self, operation: Operation) -> list[Entry]:
        return [self._entry(operation, number) for number in range(len(operation.payload))]

    def _entry(self, operation: Operation, number: int) -> Entry:
        told, batch = Deleted(), self.new_batch()
        try:
            with self.shop.change():
                execute(batch, operation, operation.payload[number], f"/{number}", told)
                batch.finish(self.require)
        except ApiError as error:
            return {"entities": [], "errors": [problem.to_json() for problem in error.problems]}
        return {"entities": batch.keys() | told.deleted or [], "errors": []}


def _refuse_errors(done: Mapping[str, list[Entry]]) -> None:
    if any(entry["errors"] for entries in done.values() for entry in entries):
        raise _FailedError


def _empty(results: Mapping[str, list[Entry]]) -> None:
    for entries in results.values():
        for entry in entries:
            entry["entities"] = []


def _answer(results: Mapping[str, list[Entry]], *, success: bool) -> dict[str, Any]:
    data = {key: {"result": entries, "extensions": []} for key, entries in results.items()}
    return {"success": success, "data": data, "deleted": [], "notFound": [], "extensions": []}
