"""Orders carried by a pipeline of dlt: a resource that reads them, and a destination that makes each."""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from typing import Any

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt
import requests

from benchmarks.peers.job import Job, carry_all


def carry(job: Job, orders: int, turn: str) -> None:
    """One run of a new pipeline."""
    session = requests.Session()

    @dlt.resource(name="orders", primary_key="id", max_table_nesting=0)
    def read() -> Iterator[list[Mapping[str, Any]]]:
        with requests.Session() as shop:
            yield from job.pages(shop, orders)

    @dlt.destination(batch_size=50, naming_convention="direct", max_table_nesting=0, skip_dlt_columns_and_tables=True)
    def salespos(items: list[Mapping[str, Any]], _table: Any) -> None:
        for order in items:
            job.make(session, order, turn)

    with tempfile.TemporaryDirectory() as folder, redirect_stdout(sys.stderr):
        pipeline = dlt.pipeline(f"orders_{turn.strip('-')}", pipelines_dir=folder, destination=salespos)
        pipeline.run(read()).raise_on_failed_jobs()


if __name__ == "__main__":
    carry_all(carry)
