"""The results for people: one table, and beside each figure what it should be."""

from collections.abc import Iterator

from benchmarks.orders.dollars import FRANKFURT
from benchmarks.orders.meter import AWS, HTTP, OWN
from benchmarks.orders.results import MEGABYTE, Results

COUNTED = ("aws", "write_units", "index_units", "read_units", "shop", "office")
TITLES = ("AWS", "written", "in index", "read", "shop", "office")
NO_PEERS = "not measured: `make peers` installs them"
GOALS = {"poll": 5, "webhook": 10, "backlog_20": 8, "new_buyer": 10}
OWN_GOALS = {"shopware-salespos": 2.2, "gomag-cloudsales": 2.0}
COLD_GOALS = {"webhook_intake": 1.0}
WORKER_GOAL = 1.5
GROWTH = "0.95 to 1.05"


def table(results: Results) -> str:
    """All parts, in 80 columns."""
    parts = (_cpu, _counts, _dollars, _limits, _ways, _growth, _cold)
    lines = [line for part in parts for line in (*part(results), "")]
    return "\n".join([*lines, results.machine])


def _cpu(results: Results) -> Iterator[str]:
    yield f"{'CPU of an order, x the plain loop':<38}{'own':>7}{'HTTP':>7}{'boto3':>7}{'all':>7}  goal"
    for pair, rounds in results.rounds.items():
        each = "".join(f"{rounds.ratio(part):>7.1f}" for part in (OWN, HTTP, AWS))
        yield f"{pair:<38}{each}{rounds.ratio(OWN, HTTP, AWS):>7.1f}  own {OWN_GOALS[pair]}, all 9"
    for pair, rounds in results.rounds.items():
        yield f"{f'  the loop of {pair}':<38}{rounds.floor * 1000:>7.2f} ms"
    for peer, parts in results.peers.items():
        yield f"{peer:<38}{parts['own']:>7.1f}{parts['all'] - parts['own']:>7.1f}{'':>7}{parts['all']:>7.1f}"
    if not results.peers:
        yield f"{'singer, dlt':<38}{NO_PEERS}"


def _counts(results: Results) -> Iterator[str]:
    yield f"{'Calls and units of an order':<32}{''.join(f'{title:>9}' for title in TITLES)}"
    for pair in results.paths:
        for path, counts in results.counts(pair).items():
            yield f"{f'{pair} {path}':<32}{''.join(f'{counts[name]:>9.2f}' for name in COUNTED)}"
    yield f"{f'idle, {results.size.day} orders a day':<32}" + "".join(
        f"{results.long_day[name]:>9.0f}" for name in COUNTED
    )
    yield "goal: 2.0 calls and 2.5 written by poll, 7 and 4 by webhook; 3 written by an idle poll"


def _dollars(results: Results) -> Iterator[str]:
    names = list(next(iter(results.bills.values())).parts)
    titles = "".join(f"{name:>9}" for name in names)
    yield f"{'Dollars for a million orders':<30}{titles}{'all':>8}{'goal':>6}  Frankfurt"
    for path, bill in results.bills.items():
        parts = "".join(f"{bill.parts[name]:>9.2f}" for name in names)
        yield f"{path:<30}{parts}{bill.total:>8.2f}{GOALS[path]:>6}{bill.total_in(FRANKFURT):>11.2f}"


def _limits(results: Results) -> Iterator[str]:
    yield f"{'Share of a limit that is used':<30}{'share':>8}{'broken':>8}{'sent away':>11}  goal"
    for workers, use in results.limits.items():
        yield f"{f'{workers} at work':<30}{use.share:>8.1%}{use.broken:>8}{use.waits:>11.2f}  95 %, 0, 0.1"


def _ways(results: Results) -> Iterator[str]:
    yield f"{'From webhook to creation':<30}{'AWS':>8}{'platforms':>11}{'x the least':>13}  goal"
    for name, way in results.ways.items():
        yield f"{name:<30}{way.aws:>8}{way.platforms:>11}{way.ratio:>13.2f}  6"


def _growth(results: Results) -> Iterator[str]:
    first = next(iter(results.grown.values()))
    yield f"{'Orders of the connection':<30}{'work':>8}{'CPU':>8}{'AWS':>8}{'written':>9}{'read':>8}{'MB':>7}  {GROWTH}"
    for size, each in results.grown.items():
        counts = f"{each.counts['aws']:>8.2f}{each.counts['write_units']:>9.2f}{each.counts['read_units']:>8.2f}"
        ratios = f"{each.calls / first.calls:>8.3f}{each.cpu / first.cpu:>8.2f}"
        yield f"{size:<30,}{ratios}{counts}{each.peak / MEGABYTE:>7.1f}"
    yield f"{'Connections of a tick':<30}{'AWS':>8}{'s':>8}  goal: 5 s"
    for size, tick in results.ticks.items():
        yield f"{size:<30,}{tick.calls.total():>8,}{tick.seconds:>8.2f}"


def _cold(results: Results) -> Iterator[str]:
    yield "Cold start, x bare boto3 with two clients"
    for name, ratio in results.cold.items():
        yield f"{name:<30}{ratio:>8.2f}  {COLD_GOALS.get(name, WORKER_GOAL)}"
