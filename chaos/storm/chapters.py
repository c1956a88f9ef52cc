"""A long storm in chapters, each with a stack of its own, as many at once as there are processors."""

import os
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from chaos.ledgers import Verdict
from chaos.storm.attack import Storm, storm
from chaos.storm.trade import Shelves

LONGEST = 100
"""Orders of a chapter: emulated platforms look through all they have, so a shop of 10,000 would take minutes a poll."""


def storms(count: int, seed: int) -> Storm:
    """Let ``count`` orders live through it; chapter 2 of seed 5 is ``storm(…, "5.2")``."""
    began, at_once = time.monotonic(), os.cpu_count() or 1
    sizes = _sizes(count, at_once)
    seeds = [f"{seed}.{number}" for number in range(1, len(sizes) + 1)]
    with ProcessPoolExecutor(at_once, mp_context=get_context("spawn")) as pool:
        return together(dict(zip(seeds, pool.map(storm, sizes, seeds), strict=True)), time.monotonic() - began)


def _sizes(count: int, at_once: int) -> Sequence[int]:
    """Chapters of one length, as many as keep all processors busy."""
    rounds = -(-count // (LONGEST * at_once))
    chapters = max(1, min(rounds * at_once, count))
    return [count // chapters + (number < count % chapters) for number in range(chapters)]


def together(found: dict[str, Storm], seconds: float) -> Storm:
    """All chapters as one storm; what is wrong names its chapter."""
    return Storm(
        verdict=_verdict({seed: each.verdict for seed, each in found.items()}),
        calls=sum(each.calls for each in found.values()),
        failed=sum(each.failed for each in found.values()),
        died=sum(each.died for each in found.values()),
        dead=sum(each.dead for each in found.values()),
        bugs=_named({seed: each.bugs for seed, each in found.items()}),
        shelves=Shelves(
            articles=sum(each.shelves.articles for each in found.values()),
            oversold=_named({seed: each.shelves.oversold for seed, each in found.items()}),
            doubled=_named({seed: each.shelves.doubled for seed, each in found.items()}),
            lost=_named({seed: each.shelves.lost for seed, each in found.items()}),
            emptied=_named({seed: each.shelves.emptied for seed, each in found.items()}),
        ),
        seconds=seconds,
    )


def _verdict(found: dict[str, Verdict]) -> Verdict:
    return Verdict(
        placed=sum(each.placed for each in found.values()),
        imported=sum(each.imported for each in found.values()),
        held=sum(each.held for each in found.values()),
        skipped=sum(each.skipped for each in found.values()),
        codes=sum((each.codes for each in found.values()), Counter()),
        lost=_named({seed: each.lost for seed, each in found.items()}),
        doubled=_named({seed: each.doubled for seed, each in found.items()}),
        mismatches=_named({seed: each.mismatches for seed, each in found.items()}),
        astray=_named({seed: each.astray for seed, each in found.items()}),
    )


def _named(found: dict[str, Iterable[str]]) -> list[str]:
    return [f"{seed}: {sentence}" for seed, sentences in found.items() for sentence in sentences]
