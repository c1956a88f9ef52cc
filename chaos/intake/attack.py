"""The intake under attack: calls that must not be taken, a change of secrets, and a crowd while the queue is busy."""

import gc
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from chaos.intake.tricks import TRICKS, registered, with_an_awaited_secret
from chaos.intake.world import (
    CONFIRM,
    ONE,
    TWO,
    Event,
    Gate,
    an_event,
    app_headers,
    confirmation,
    orders_in,
    registration,
    sign,
    signed,
    webhook,
)
from shopbridge.wiring import Container

GENUINE_EVERY = 100
"""So many attacks come between two genuine calls, which must be taken all the same."""
MOST_GROWTH = 2_000
"""Blocks of memory that may come along after the first calls, however many follow: what is made once."""
WARM = 10
"""The first tenth of the calls fills what a container remembers."""
LINES_A_MINUTE = 16
"""Of the log: one for each of four connections, or none, and for each status."""
READS_A_MINUTE = 7.2
"""Of SSM: for each of three shops one in vain, and one in five minutes for what is remembered so long; two functions
with memories of their own."""
CROWD, CONTAINERS, TRIES = 1_000, 16, 60
ROTATIONS = 12
TAKEN, REFUSED, UNPROVEN = (200,), (400, 401, 413), 401


@dataclass
class Found:
    """What came of it; lists name what must not be.

    Attributes:
        awaited: Calls signed with a secret that waits for its confirmation.
        genuine: Calls that must be taken.
    """

    calls: int = 0
    awaited: int = 0
    genuine: int = 0
    accepted: list[str] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    spent: list[str] = field(default_factory=list)


def attack_intake(calls: int, seed: int) -> Found:
    """Attack with so many calls, then rotate secrets, then let a crowd in."""
    found = Found()
    gate = Gate(seed)
    began, blocks = gate.clock(), 0
    for number in range(calls):
        _try(gate, found, Random(f"{seed} {number}"))
        if number % GENUINE_EVERY == 0:
            _genuine(gate, found)
        if number == calls // WARM:
            blocks = _blocks()
    gate.cloud.reads["GetParameters"] -= found.awaited
    found.spent += _spent(gate, gate.clock() - began, _blocks() - blocks)
    rotate_secrets(Gate(seed), found)
    let_in_a_crowd(Gate(seed), found)
    return found


def _try(gate: Gate, found: Found, random: Random) -> None:
    """One call that must be refused, and leave nothing behind."""
    trick = random.choice(TRICKS)
    event, before = trick(gate, random), gate.cloud.writes
    name = f"{trick.__name__}, call {found.calls}"
    found.calls += 1
    found.awaited += trick is with_an_awaited_secret
    try:
        status = gate.call(event)
    except Exception as error:  # noqa: BLE001 - what is looked for is an error that nobody expected
        found.crashed.append(f"{name}: {error!r}"[:300])
    else:
        found.crashed += [f"{name}: {status}"] if status not in (*TAKEN, *REFUSED) else []
        found.accepted += [f"{name}: {status}"] if status in TAKEN else []
    if gate.cloud.writes != before:
        found.stored.append(name)


def _genuine(gate: Gate, found: Found) -> None:
    raw = webhook(gate, "one")
    _expect(gate, found, "between attacks", signed(ONE, raw, sign("secret-one", raw)))
    gate.cloud.queued.clear()


def _expect(gate: Gate, found: Found, name: str, event: Event) -> None:
    found.genuine += 1
    if (status := gate.call(event)) not in TAKEN:
        found.refused.append(f"{name}: {status}")


def _blocks() -> int:
    gc.collect()
    return sys.getallocatedblocks()


def _spent(gate: Gate, lasted: timedelta, grown: int) -> Iterator[str]:
    """What the attack used up that it must not."""
    minutes = lasted / timedelta(minutes=1) + 1
    if grown > MOST_GROWTH:
        yield f"memory: {grown} blocks more than after the first calls"
    if gate.lines > LINES_A_MINUTE * minutes:
        yield f"log: {gate.lines} lines in {minutes:.0f} minutes"
    if gate.cloud.reads["GetParameters"] > READS_A_MINUTE * minutes:
        yield f"SSM: {gate.cloud.reads['GetParameters']} reads in {minutes:.0f} minutes"


# --- two secrets -------------------------------------------------------------------------------------------------


def rotate_secrets(gate: Gate, found: Found) -> None:
    """A shop changes its secret again and again, at any of two containers; calls signed with either are taken."""
    homes = [gate.containers["webhook_intake"], gate.new_container()]
    offices = [gate.containers["app_registration"], gate.new_container()]
    for number in range(ROTATIONS):
        before = gate.secrets(TWO)["shop_secret"]
        _register_anew(gate, found, [offices[number % 2], offices[number // 2 % 2]])
        for secret in (gate.secrets(TWO)["shop_secret"], before):
            for place, home in enumerate(homes):
                gate.containers["webhook_intake"] = home
                raw = webhook(gate, "two")
                _expect(gate, found, f"rotation {number}, container {place}", signed(TWO, raw, sign(secret, raw)))
        gate.clock.advance(seconds=61)
        raw = webhook(gate, "two")
        if gate.call(signed(TWO, raw, sign(before, raw))) != UNPROVEN:
            found.accepted.append(f"rotation {number}: the secret of before, after its minute")
        # That call was one in vain, after which nothing is read for a minute.
        gate.clock.advance(seconds=61)


def _register_anew(gate: Gate, found: Found, containers: list[Container]) -> None:
    """Registration and confirmation, each at a container of its own."""
    known = gate.secrets(TWO)
    query = registration(gate, TWO, "id-two")
    gate.containers["app_registration"] = containers[0]
    _expect(
        gate,
        found,
        "registration",
        registered(query, app_headers(query, known["app_secret"], known["shop_secret"]), TWO),
    )
    gate.containers["app_registration"] = containers[1]
    raw, waiting = confirmation(gate, TWO, "id-two"), gate.secrets(TWO)["pending_shop_secret"]
    proofs = {
        "shopware-shop-signature": sign(waiting, raw),
        "shopware-shop-signature-previous": sign(known["shop_secret"], raw),
    }
    _expect(gate, found, "confirmation", an_event(CONFIRM, TWO, raw, headers=proofs))


# --- a crowd -----------------------------------------------------------------------------------------------------


def let_in_a_crowd(gate: Gate, found: Found) -> None:
    """Genuine calls, many at a time, while SQS refuses three in ten: what was answered 200 is in the queue."""
    gate.cloud.throttled = 0.3
    gate.clock.advance(seconds=1)
    ids = [f"{number:032x}" for number in range(CROWD)]
    with ThreadPoolExecutor(CONTAINERS) as crowd:
        taken = list(crowd.map(lambda lane: _lane(gate, ids[lane::CONTAINERS]), range(CONTAINERS)))
    queued = set(orders_in(gate.cloud.queued))
    found.genuine += CROWD
    found.lost += [f"order {order} was taken and is not in the queue" for some in taken for order in some - queued]
    found.refused += [f"order {order} was never taken" for order in ids if order not in queued]


def _lane(gate: Gate, orders: list[str]) -> set[str]:
    """One container's calls, each sent again until it is taken; the orders that were."""
    container, routes = gate.new_container(), gate.apps["webhook_intake"].ROUTES
    taken = set()
    for order in orders:
        raw = webhook(gate, "one", data={"payload": {"order": {"id": order}}, "event": "checkout.order.placed"})
        event: Any = json.loads(json.dumps(signed(ONE, raw, sign("secret-one", raw))))
        if any(container.reception.answer(event, routes)["statusCode"] in TAKEN for _ in range(TRIES)):
            taken.add(order)
    return taken
