"""What RO App answers, bent in every way, ends in what can be kept or in an error of ours."""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import partial
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from shopbridge.connectors.roapp.webhook import RoAppWebhook
from shopbridge.errors import BridgeError
from tests.examples import examples
from tests.roapp_orders import ANA, GOLDEN, HOME, NOW, bits, bought, golden, talk

CASES, BENDS = examples(30), 30
"""Nine hundred bends of each answer, others with each `make explore`."""
ODD: tuple[Any, ...] = (
    *(
        "",
        " ",
        "0",
        "-1",
        "1e999999999",
        "NaN",
        "9" * 400,
        "65,75",
        "١٢",
        "a" * 5_000,
        "x\ufffdy",
        "2025-13-40T00:00:00Z",
    ),
    *(None, True, False, 0, -1, 10**30, 1.5, [], {}, [[], {}], {"a": {}}, [1, {"id": 2}, ""], {"id": "1"}),
)


def bent(body: Any, chance: Random) -> Any:
    """The body with up to three places taken out, moved or replaced."""
    for _ in range(chance.randint(1, 3)):
        spots = list(places(body))
        if not spots:
            return chance.choice(ODD)
        holder, key = chance.choice(spots)
        other, its = chance.choice(spots)
        if chance.randrange(4) == 0:
            del holder[key]
        else:
            holder[key] = deepcopy(other[its] if chance.randrange(3) == 0 else chance.choice(ODD))
    return body


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with a key of it."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


def progress(office: Any) -> object:
    return office.order_progress.changed(NOW, None)


def created(office: Any) -> object:
    draft = office.order_target.plan(bought(), bits(bought()))
    return office.order_target.create(draft, again=True)


PARSERS: Mapping[str, tuple[Callable[[Any], object], tuple[str, ...]]] = {
    "progress": (progress, ("orders",)),
    "order": (lambda office: office.order_target.read("900001"), ("order", "order_enveloped", "order_in_a_list")),
    "search": (lambda office: office.order_target.find("1042", NOW, afresh=False), ("orders",)),
    "creation": (created, ("orders", "items", "made_bare", "made_whole")),
    "lines": (
        lambda office: office.order_changes.tell("900001", bought(), bits(bought()), "lines", first=True),
        ("items",),
    ),
    "contacts": (lambda office: office.customers.changed(None), ("people", "organizations")),
    "contact": (lambda office: office.customers.create(ANA, HOME, HOME), ("people", "made_person")),
    "products": (lambda office: office.catalogue_source.page(None), ("products", "products_map")),
    "categories": (lambda office: office.catalogue_source.categories(), ("categories", "categories_bare")),
    "lookup": (lambda office: office.order_products.find("sku", "MUG-RED"), ("lookup",)),
    "stock": (lambda office: office.stock_source.page(None), ("products", "goods", "warehouses")),
    "account": (
        lambda office: (office.account.ping(), office.account.vocabulary()),
        ("company", "locations", "employees", "types", "statuses", "custom_fields", "services", "margins"),
    ),
}


@pytest.mark.parametrize("parser", PARSERS)
def test_whatever_is_answered_ends_in_what_can_be_kept_or_in_an_error_that_tells_something(parser: str) -> None:
    read, names = PARSERS[parser]
    texts = {name: (GOLDEN / f"{name}.json").read_text() for name in names}

    @settings(max_examples=CASES, database=None)
    @given(seed=st.integers(0, 2**32))
    def each(seed: int) -> None:
        chance = Random(seed)  # noqa: S311 - the same bends for the same seed
        bodies: list[bytes] = []
        office, _ = talk(lambda _: bodies[-1])
        for _ in range(BENDS):
            bodies.append(json.dumps(bent(json.loads(texts[chance.choice(names)]), chance)).encode())
            survives(partial(read, office))

    each()


def survives(attempt: Callable[[], object]) -> None:
    """It gives something that can be kept, or one of our errors; anything else is a bug."""
    try:
        to_json(attempt())
    except BridgeError as error:
        str(error).encode()


@settings(max_examples=CASES, database=None)
@given(seed=st.integers(0, 2**32))
def test_whatever_calls_names_an_event_or_is_malformed(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - the same bends for the same seed
    raw = (GOLDEN / "webhook.json").read_bytes()
    for _ in range(BENDS):
        at = chance.randrange(len(raw))
        cut = raw[:at] + chance.randbytes(chance.randrange(3)) + raw[at + chance.randrange(30) :]
        for each in (cut, json.dumps(bent(json.loads(raw), chance)).encode()):
            try:
                to_json([event.order_id for event in RoAppWebhook().events(each)])
            except BridgeError as error:
                str(error).encode()


@pytest.mark.parametrize(
    ("name", "told"),
    [("Order.Updated", 1), ("Order.Deleted", 1), ("Order.Created", 0), ("Client.Created", 0), ("Invoice.Created", 0)],
)
def test_only_what_happened_to_an_order_that_was_there_is_a_hint(name: str, told: int) -> None:
    body = golden("webhook") | {"event_name": name}
    events = RoAppWebhook().events(json.dumps(body).encode())
    assert [event.order_id for event in events] == ["900001"] * told
