"""Slices of work for the tests of runs."""

from shopbridge.flows.runs import Slice, Work, run_slice
from shopbridge.model.messages import RunRequest
from shopbridge.model.run import Run
from tests.unit.flows.stock.stock_world import StockWorld


def work(world: StockWorld, do: Work, request: RunRequest | None = None) -> Run:
    run_slice(world.bridge, request or RunRequest(connection=world.connection.id, job="stock"), do)
    return the_run(world)


def the_run(world: StockWorld) -> Run:
    run = world.runs.of("stock")
    assert run is not None
    return run


def done(turn: Slice) -> bool:
    turn.count(found=3, updated=1)
    return True


def more(turn: Slice) -> bool:
    turn.count(found=1)
    turn.move("items", "page 2", 7)
    return False


def failing(error: Exception) -> Work:
    def do(turn: Slice) -> bool:
        turn.count(found=1)
        raise error

    return do
