"""What `verify` says of credentials and addresses: and no call to an address that is not public."""

import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import httpx
import pytest

from shopbridge.http.guard import PinnedTransport
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from shopbridge.wiring import Container
from tests.integration.operations.verifying import the_problem, verify
from tests.integration.stage import NewWorld, set_up
from tests.integration.world import World

SHOP_ADDRESS, OFFICE_ADDRESS = "93.184.215.14", "93.184.215.15"


def refuse(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody listens")


@pytest.fixture(scope="module")
def world(environment: Environment) -> World:
    return set_up(environment, ConnectionId("verify"), app=False)


# --- credentials ------------------------------------------------------------------------------------------------


def test_a_connection_that_is_right_tells_who_answered(world: World) -> None:
    problems, remarks = verify(world)
    assert problems == []
    assert "Storefront 6.6.10.0 answers." in remarks
    assert any(remark.endswith("CCV REST API v1 answers.") for remark in remarks)


@pytest.mark.parametrize(
    "secrets", [{"client_secret": "wrong"}, {"client_id": "SWIAWRONG"}, {"client_id": "no-access-key"}]
)
def test_wrong_credentials_of_the_shop_say_where_to_get_right_ones(world: World, secrets: dict[str, str]) -> None:
    world.clock.advance(700)
    problem = the_problem(world, shop_secrets=secrets)
    assert "Shopware does not accept the access key" in problem
    assert "Settings, System, Integrations" in problem
    world.clock.advance(700)


@pytest.mark.parametrize("secrets", [{"secret_key": "wrong"}, {"public_key": "wrong"}])
def test_wrong_credentials_of_the_back_office_say_where_to_look(world: World, secrets: dict[str, str]) -> None:
    problem = the_problem(world, office_secrets=secrets)
    assert "SalesPOS refuses our key" in problem
    assert "My web shop, Settings, API settings" in problem


def test_a_missing_right_of_the_integration_is_named(world: World) -> None:
    rights = [f"{name}:read" for name in world.shop.shop.store.schema if name != "order_transaction"]
    integration = world.shop.add_integration(rights)
    keys = {"client_id": integration.access_key, "client_secret": integration.secret_key}
    problem = the_problem(world, shop_secrets=keys)
    assert "lacks these rights: order_transaction:read" in problem
    assert "add a role" in problem


def test_an_expired_or_revoked_token_is_renewed_in_silence(new_world: NewWorld) -> None:
    world = new_world(app=False)
    for spoil in ("expired", "revoked"):
        if spoil == "expired":
            world.clock.advance(3600)
        else:
            world.shop.access._tokens.clear()
        answer = world.ask("verify", connection=world.connection)
        assert (answer["verified"], answer["problems"]) == (True, ())


@pytest.mark.parametrize(("seconds", "way"), [(-900, "ahead of"), (900, "behind")])
def test_a_clock_that_is_off_is_named_as_the_cause_with_the_minutes(world: World, seconds: int, way: str) -> None:
    world.office.faults.plan("clock_skew", times=9, detail=seconds)
    problem = the_problem(world)
    world.office.faults.forget()
    assert f"refuses our signature because our clock is 15 minutes {way} its own" in problem
    assert "up to 5 minutes are allowed" in problem


# --- addresses --------------------------------------------------------------------------------------------------


def test_a_page_instead_of_the_api_says_that_the_address_is_wrong(world: World) -> None:
    for side, path in (("shop", "shop.example"), ("office", "pos.example")):
        kept = world.transports[path]
        page = httpx.Response(200, html="<html>Welcome</html>")
        world.transports[path] = httpx.MockTransport(lambda _, page=page: page)
        problem = the_problem(world)
        world.transports[path] = kept
        assert "something that is no API answer" in problem, side
        assert "Check the URL" in problem, side


def test_an_address_that_redirects_says_where_it_leads(world: World) -> None:
    world.shop.faults.plan("redirect", detail="https://www.shop.example/")
    problem = the_problem(world)
    assert "redirects to https://www.shop.example/" in problem
    assert "Enter the final address" in problem


@pytest.mark.parametrize("path", ["/en", "/api", "/admin"])
def test_an_address_with_a_path_of_the_shop_says_what_to_enter(world: World, path: str) -> None:
    problem = the_problem(world, shop={"url": f"https://shop.example{path}"})
    assert "Shopware's login is not at this address" in problem
    assert "without /api, /admin or a language" in problem


def test_a_back_office_address_with_a_path_is_a_problem_in_words(world: World) -> None:
    problem = the_problem(world, office={"url": "https://pos.example/shop"})
    assert "SalesPOS" in problem


@pytest.mark.parametrize(
    "url", ["shop.example", "ftp://shop.example", "https://", "https://shop.example?x=1", "https://a b", ""]
)
def test_what_is_no_address_is_refused_before_anybody_is_called(world: World, url: str) -> None:
    before = world.office.calls.total
    problem = the_problem(world, shop={"url": url})
    assert problem.startswith("shop.settings.url: ")
    assert world.office.calls.total == before


# --- addresses that are not public --------------------------------------------------------------------------------


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, Sequence[str]]:
    """What the name service answers; an unknown name does not exist."""
    known: dict[str, Sequence[str]] = {"shop.example": [SHOP_ADDRESS], "pos.example": [OFFICE_ADDRESS]}

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        literal = host.strip("[]")
        if literal.replace(".", "").isdigit() or ":" in literal:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (literal, port))]
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in known[host]]

    monkeypatch.setattr("shopbridge.http.guard.socket.getaddrinfo", look_up)
    return known


@pytest.fixture
def guarded(world: World, names: Mapping[str, Sequence[str]]) -> Iterator[Callable[..., list[str]]]:
    """Verifies through the guard that stands before the network in AWS; answers the addresses it connected to."""
    assert names
    kept = world.container

    def behind(*, sandbox: bool = False) -> list[str]:
        connected: list[str] = []
        inner = {SHOP_ADDRESS: "shop.example", OFFICE_ADDRESS: "pos.example", "127.0.0.1": "shop.example"}

        def connect(request: httpx.Request) -> httpx.Response:
            connected.append(request.url.host)
            return world.transports[inner[request.url.host]].handle_request(request)

        transport = PinnedTransport(httpx.MockTransport(connect), allow_loopback=sandbox)
        world.use(Container(kept.store, transport=transport))
        return connected

    yield behind
    world.use(kept)


def test_public_addresses_are_looked_up_checked_and_pinned(world: World, guarded: Callable[..., list[str]]) -> None:
    connected = guarded()
    assert verify(world)[0] == []
    assert set(connected) == {SHOP_ADDRESS, OFFICE_ADDRESS}


def test_a_host_that_does_not_exist_is_named(world: World, guarded: Callable[..., list[str]]) -> None:
    guarded()
    problem = the_problem(world, shop={"url": "https://shpo.example"})
    assert "The host name 'shpo.example' does not exist" in problem
    assert "typing error" in problem


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.7"],
        ["192.168.1.2"],
        ["172.16.9.9"],
        ["169.254.169.254"],
        ["127.0.0.1"],
        ["0.0.0.0"],
        ["100.64.0.1"],
        ["fd00::1"],
        ["::1"],
        ["::ffff:169.254.169.254"],
        [SHOP_ADDRESS, "10.0.0.7"],
    ],
)
def test_a_name_that_leads_inside_is_refused_without_a_connection(
    world: World, guarded: Callable[..., list[str]], names: dict[str, Sequence[str]], addresses: list[str]
) -> None:
    connected = guarded()
    names["inside.example"] = addresses
    problem = the_problem(world, shop={"url": "https://inside.example"})
    assert "which is not public" in problem
    assert "reached from the internet" in problem
    assert set(connected) == {OFFICE_ADDRESS}


@pytest.mark.parametrize("host", ["10.0.0.7", "169.254.169.254", "127.0.0.1", "[::1]", "[fe80::1]"])
def test_an_address_typed_as_numbers_is_checked_too(world: World, guarded: Callable[..., list[str]], host: str) -> None:
    connected = guarded()
    assert "which is not public" in the_problem(world, shop={"url": f"https://{host}"})
    assert set(connected) == {OFFICE_ADDRESS}


def test_loopback_is_open_only_with_the_sandbox_switch(
    world: World, guarded: Callable[..., list[str]], names: dict[str, Sequence[str]]
) -> None:
    names["localhost"] = ["127.0.0.1"]
    guarded()
    assert "does not use https" in the_problem(world, shop={"url": "http://localhost:8000"})
    assert "port 8000" in the_problem(world, shop={"url": "https://localhost:8000"})
    assert "not public" in the_problem(world, shop={"url": "https://localhost:8443"})
    connected = guarded(sandbox=True)
    apart = {"reference_prefix": "L"}  # another shop at the same back office, whose numbers would be the same
    assert verify(world, shop={"url": "http://localhost:8000"}, office=apart)[0] == []
    assert "127.0.0.1" in connected


def test_a_shop_that_moves_inside_after_it_was_verified_is_not_called_and_the_connection_stops(
    new_world: NewWorld, names: dict[str, Sequence[str]]
) -> None:
    world = new_world(app=False)
    before = world.shop.calls.total
    inner = httpx.MockTransport(world.transports["shop.example"].handle_request)
    names["shop.example"] = ["169.254.169.254"]
    world.use(Container(world.container.store, transport=PinnedTransport(inner)))
    world.poll()
    world.settle()
    shown = world.ask("show", connection=world.connection)
    assert (shown["status"], world.shop.calls.total) == ("stopped", before)
    assert "169.254.169.254, which is not public" in shown["reason"]


def test_a_platform_that_is_away_is_told_as_that_and_not_as_a_wrong_address(world: World) -> None:
    kept = world.transports["shop.example"]
    world.transports["shop.example"] = httpx.MockTransport(refuse)
    problem = the_problem(world)
    world.transports["shop.example"] = kept
    assert "The platform cannot be reached (ConnectError)" in problem
    assert "Try again in a while" in problem
