"""Calls from outside that must not be taken: forged, replayed, mutated, oversized and malformed."""

import base64
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from chaos.intake.world import (
    CONFIRM,
    HOST,
    MARKET,
    ONE,
    REGISTER,
    SIGNED,
    TOKEN,
    TWO,
    UNSIGNED,
    WAITING,
    Event,
    Gate,
    an_event,
    app_headers,
    confirmation,
    registration,
    sign,
    signed,
    webhook,
)

Trick = Callable[[Gate, Random], Any]

LARGE = base64.b64encode(b'{"data":"' + b"x" * 1_000_000 + b'"}').decode()
WRONG = ("app-secret-one", "secret-two", "previous-one", "pending-two", "", "secret-one ", "key-secret-one")
"""Secrets that sign no webhook of the first shop."""
NONSENSE: tuple[Mapping[str, Any], ...] = (
    {"data": None},
    {"data": []},
    {"data": {"payload": []}},
    {"data": {"event": 7}},
    {"data": {"event": "spaces are no event"}},
    {"data": {"event": "x" * 300}},
    {"timestamp": None},
    {"timestamp": "yesterday"},
    {"timestamp": True},
    {"timestamp": 1.5},
    {"timestamp": {}},
    {"source": None},
    {"source": {"shopId": None}},
    {"source": {"shopId": "id-two"}},
    {"source": []},
)
BROKEN = (
    *(b"", b"[]", b"null", b"7", b"{", b"\xff\xfe\x00", b"\x00" * 50, b'"', b"[" * 100_000, b'{"a":' * 100_000),
    *(b'{"timestamp": 1e999999999}', b'{"timestamp": ' + b"9" * 100_000 + b"}", b'{"source": {"shopId": "\\ud800"}}'),
)
ODD: tuple[Any, ...] = (
    None,
    7,
    True,
    1e308,
    [],
    ["a"],
    {},
    {"a": None},
    "",
    "\ud800",
    "a" * 20_000,
    {"connection": []},
)
PARTS = ("routeKey", "headers", "requestContext", "pathParameters", "body", "isBase64Encoded", "rawQueryString")
NAMES = (
    *("nobody", "A", "x" * 3_000, "../admin", "%00", "shop-one ", "SHOP-ONE", "shop-one\n", "shop_one", "-", "", "a"),
    *("shop-one/../shop-two", "\u017fhop-one", "shop\u2010one", "shop-on\u0435", "\U0001f600" * 9, "'; --", "$(id)"),
)


def another(text: str, random: Random) -> str:
    """The text with one character changed, cut off or added."""
    place = random.randrange(len(text))
    return random.choice(
        [text[:place] + random.choice("0123456789abcdef_") + text[place + 1 :], text[:place], text + "0"]
    )


def other_bytes(raw: bytes, random: Random) -> bytes:
    """The body with one bit changed, cut off, added to or said twice."""
    place = random.randrange(len(raw))
    flipped = raw[:place] + bytes([raw[place] ^ 1 << random.randrange(8)]) + raw[place + 1 :]
    return random.choice([flipped, raw[:place], raw + b" ", b" " + raw, raw + raw])


def off(gate: Gate, random: Random) -> int:
    """A moment too far from now, in either direction."""
    seconds = random.choice([301, 302, 3_600, 86_400, 10**9, 10**18])
    return int(gate.clock().timestamp()) + random.choice([-1, 1]) * seconds


# --- webhooks ------------------------------------------------------------------------------------------------------


def unsigned(gate: Gate, random: Random) -> Event:
    """No signature, or anything in its place."""
    given = random.choice(["", "0" * 64, "\x80" * 64, random.randbytes(32).hex(), "sha256=" + "0" * 64, "0" * 8_000])
    return signed(ONE, webhook(gate, "one"), given)


def with_a_wrong_secret(gate: Gate, random: Random) -> Event:
    """Signed by somebody else."""
    raw = webhook(gate, "one")
    return signed(ONE, raw, sign(random.choice(WRONG), raw))


def with_an_awaited_secret(gate: Gate, _: Random) -> Event:
    """Signed with a secret that a shop was given and has not confirmed; it proves the shop, so it is worth a read."""
    raw = webhook(gate, "one")
    return signed(ONE, raw, sign("pending-one", raw))


def nearly_signed(gate: Gate, random: Random) -> Event:
    """One character of the signature is another."""
    raw = webhook(gate, "one")
    genuine = sign("secret-one", raw)
    given = another(genuine, random)
    return signed(ONE, raw, given if given != genuine else genuine.upper() + "x")


def mutated(gate: Gate, random: Random) -> Event:
    """Other bytes under a genuine signature."""
    raw = webhook(gate, "one")
    return signed(ONE, other_bytes(raw, random), sign("secret-one", raw))


def replayed(gate: Gate, random: Random) -> Event:
    """A genuine call of another time."""
    raw = webhook(gate, "one", timestamp=off(gate, random))
    return signed(ONE, raw, sign("secret-one", raw))


def moved(gate: Gate, random: Random) -> Event:
    """A genuine call, at another connection's address."""
    raw = webhook(gate, "one")
    return signed(random.choice([TWO, WAITING, MARKET]), raw, sign("secret-one", raw))


def of_another_shop(gate: Gate, random: Random) -> Event:
    """Signed, and out of order: whoever holds the secret is no reason to crash either."""
    raw = webhook(gate, "one", **random.choice(NONSENSE))
    return signed(ONE, raw, sign("secret-one", raw))


def broken(_: Gate, random: Random) -> Event:
    """Signed, and no JSON that anybody could read."""
    raw = random.choice(BROKEN)
    return signed(ONE, raw, sign("secret-one", raw))


def oversized(_: Gate, random: Random) -> Event:
    """A body over a megabyte."""
    route = random.choice([SIGNED, UNSIGNED, CONFIRM])
    return an_event(route, random.choice([ONE, MARKET, "nobody"]), body=LARGE, token=TOKEN)


def guessed_token(_: Gate, random: Random) -> Event:
    """A token that opens another door, or none."""
    wrong = random.choice([another(TOKEN, random), "", "x" * 9_000, TOKEN.upper(), "0" * 64, f"{TOKEN} of shop-one"])
    return an_event(UNSIGNED, MARKET, b"{}", token=wrong if wrong != TOKEN else "")


def token_elsewhere(_: Gate, random: Random) -> Event:
    """A genuine token, at another address."""
    return an_event(UNSIGNED, random.choice([ONE, TWO, WAITING]), token=TOKEN)


# --- the registration of an app ------------------------------------------------------------------------------------


def registered(query: str, headers: Mapping[str, str], connection: str = ONE) -> Event:
    """A registration."""
    return an_event(REGISTER, connection, rawQueryString=query, headers=dict(headers))


def forged_registration(gate: Gate, random: Random) -> Event:
    """Signed by nobody who knows the app's secret."""
    query = registration(gate, ONE, "id-one")
    secret = random.choice(["", "secret-one", "app-secret-two", "pending-one"])
    headers = app_headers(query, secret, "secret-one")
    return registered(query, random.choice([headers, {}, {"shopware-app-signature": "0" * 64}]))


def mutated_registration(gate: Gate, random: Random) -> Event:
    """Another shop's id or address under a genuine signature."""
    headers = app_headers(registration(gate, ONE, "id-one"), "app-secret-one", "secret-one")
    changed = random.choice([{"shop-id": "id-evil"}, {"shop-url": "https://evil.example"}, {"timestamp": "1"}])
    return registered(registration(gate, ONE, "id-one", **changed), headers)


def replayed_registration(gate: Gate, random: Random) -> Event:
    """A genuine registration of another time."""
    query = registration(gate, ONE, "id-one", timestamp=str(off(gate, random)))
    return registered(query, app_headers(query, "app-secret-one", "secret-one"))


def takeover(gate: Gate, random: Random) -> Event:
    """Signed with the app's secret, and without the shop's: another shop, another address, or an old release."""
    connection = random.choice([ONE, WAITING])
    app, url = f"app-secret-{connection.removeprefix('shop-')}", {"shop-url": "https://evil.example"}
    changed = random.choice([{}, {"shop-id": "id-evil"}, url]) if connection == ONE else url
    query = registration(gate, connection, "id-one", **changed)
    headers = app_headers(query, app, random.choice(["", "secret-two", "pending-one", "previous-one"]))
    return registered(query, {**headers, "sw-version": random.choice(["", "6.4.0.0", "6.7.9.0", "x"])}, connection)


def incomplete_registration(gate: Gate, random: Random) -> Event:
    """Signed, and out of order."""
    text = random.choice(["", "shop-id=x", "&&&", "%ff=%ff", "shop-id=&shop-url=&timestamp=", "timestamp=soon"])
    long = registration(gate, ONE, "x" * 5_000)
    query = random.choice([text, long, registration(gate, ONE, "id-one", timestamp="soon")])
    return registered(query, app_headers(query, "app-secret-one", "secret-one"))


def forged_confirmation(gate: Gate, random: Random) -> Event:
    """Signed with any secret but the one that waits to be confirmed."""
    raw = confirmation(gate, ONE, "id-one")
    secret = random.choice(["", "secret-one", "app-secret-one", "previous-one", "pending-two"])
    return an_event(CONFIRM, random.choice([ONE, WAITING]), raw, headers={"shopware-shop-signature": sign(secret, raw)})


def odd_confirmation(gate: Gate, random: Random) -> Event:
    """Signed with the secret that waits, and old, of another shop, without the secret of before, or no confirmation."""
    changed: Mapping[str, Any] = random.choice(
        [
            {"timestamp": str(off(gate, random))},
            {"shopUrl": "https://evil.example"},
            {"shopId": "id-evil"},
            {"apiKey": None},
            {"secretKey": "x" * 5_000},
            {},
        ]
    )
    raw = random.choice([confirmation(gate, ONE, "id-one", **changed), *BROKEN[:8]])
    headers = {"shopware-shop-signature": sign("pending-one", raw), "shopware-shop-signature-previous": "0" * 64}
    return an_event(CONFIRM, ONE, raw, headers=headers)


# --- whatever --------------------------------------------------------------------------------------------------------


def to_nobody(gate: Gate, random: Random) -> Event:
    """A name that no connection has."""
    name = random.choice([*NAMES, random.randbytes(6).hex()])
    raw = webhook(gate, "one")
    headers = {"shopware-shop-signature": sign("secret-one", raw), "shopware-app-signature": "0" * 64}
    return an_event(random.choice([SIGNED, UNSIGNED, REGISTER, CONFIRM]), name, raw, headers=headers, token=TOKEN)


def malformed(gate: Gate, random: Random) -> Any:
    """An envelope as API Gateway never makes it."""
    event = unsigned(gate, random)
    for part in random.sample(PARTS, random.randint(1, 3)):
        if random.randrange(3) == 0:
            del event[part]
        else:
            event[part] = random.choice(ODD)
    return random.choice([event, event, event, *ODD])


def misshapen(gate: Gate, random: Random) -> Event:
    """Broken base64, bad text, a header that comes twice, a route of another function or of none."""
    event = unsigned(gate, random)
    twice = {"shopware-shop-signature": "0", "Shopware-Shop-Signature": "0"}
    changes: Mapping[str, Any] = random.choice(
        [
            {"body": random.choice(["a", "====", "YQ", "Y Q==", "\u00e4" * 4, "\ud800"])},
            {"body": "\udfff", "isBase64Encoded": False},
            {"headers": twice},
            {"headers": {"a": "b" * 9_000, "\ud800": "x"}},
            {"routeKey": random.choice(["$default", "GET /", REGISTER + "/", "POST /hooks/{connection}/app/other"])},
            {"requestContext": {"domainName": HOST, "http": None}, "rawQueryString": "\ud800"},
        ]
    )
    return {**event, **changes}


TRICKS: tuple[Trick, ...] = (
    *(unsigned, with_a_wrong_secret, with_an_awaited_secret, nearly_signed, mutated, replayed, moved, of_another_shop),
    *(broken, oversized, guessed_token, token_elsewhere, forged_registration, mutated_registration),
    *(replayed_registration, takeover, incomplete_registration, forged_confirmation, odd_confirmation),
    *(to_nobody, malformed, misshapen),
)
