"""Getting into an emulated Shoprenter shop: scopes, tokens, the pace of calls, and the installation of our app."""

from datetime import timedelta

import httpx
import pytest

from sandbox.platforms.shoprenter import OrderSpec, ProductSpec
from shopbridge.connectors.shoprenter.app_registration import ShoprenterHandshake
from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.model.stock import StockChange
from tests.contract.benches.gomag import PacedLimiter
from tests.contract.benches.shoprenter import LONG_AGO, D, bench


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("scope", ["order.order:read", "order.status:read", "store.setting:read"])
def test_a_scope_that_orders_need_stops_the_connection_by_its_name(status: int, scope: str) -> None:
    at = bench(missing_scope=status)
    at.shop.forbid(scope)
    with pytest.raises(NeedsAttention) as caught:
        at.part("account").ping()
    assert scope in caught.value.what
    at.shop.allow(scope)
    assert at.part("account").ping().name == "Shoprenter demobolt"


@pytest.mark.parametrize(
    "scope",
    [
        *("product.product:read", "product.category:read", "product.attribute:read", "taxClass.taxClass:read"),
        *("localization.language:read", "order.order:write", "product.product:write", "product.category:write"),
    ],
)
def test_a_scope_that_orders_do_not_need_is_a_remark_by_its_name(scope: str) -> None:
    at = bench()
    assert not [note for note in at.part("account").ping().notes if "scope" in note]
    at.shop.forbid(scope)
    assert [scope in note for note in at.part("account").ping().notes if "scope" in note] == [True]


def test_a_token_that_ends_or_is_refused_for_a_moment_is_fetched_once_more() -> None:
    at = bench()
    account = at.part("account")
    account.ping()
    for fault in ("transient_401", "token_revoked"):
        at.plan(fault, "GET orderExtend")
        assert account.ping().name
    at.clock.advance(hours=2)
    assert account.ping().name
    assert at.shop.tokens_issued == 4


def test_no_token_ever_goes_to_the_host_that_links_name() -> None:
    at = bench()
    order = at.sell({"MUG": 1}) if at.put("MUG", 9) else None
    assert order
    at.part("order_source").changed(LONG_AGO, None)
    at.part("order_status").set_status(order, "2")
    at.part("catalogue_source").page(None)
    at.part("stock_target").write([StockChange(sku="MUG", quantity=D(3))], manage="untouched", warehouse="")
    assert at.shop.leaks == 0
    assert {answer.call.path.startswith("/") for answer in at.answers} == {True}


@pytest.mark.parametrize("sliding", [True, False])
def test_a_minute_of_work_brings_no_429(sliding: bool) -> None:
    at = bench(sliding_window=sliding)
    at.shop.limits.per_second = 3
    paced = PacedLimiter(at.clock, lambda seconds: at.clock.advance(seconds=seconds))
    at.limiter = paced  # type: ignore[assignment]
    at.shop.add_product(ProductSpec("MUG", D(10), 1))
    at.shop.place_order(OrderSpec())
    end, made = at.clock() + timedelta(minutes=1), at.made()
    shops = [at.connector(), at.connector()]
    for round_ in range(10_000):
        if at.clock() >= end:
            break
        shop = shops[round_ % 2]
        shop.order_source.changed(LONG_AGO, None)
        shop.stock_source.page(None)
        shop.stock_target.write([StockChange(sku="MUG", quantity=D(round_))], manage="untouched", warehouse="")
    assert at.shop.limits.refused == 0
    assert at.made() - made > 120


def test_more_calls_than_the_shop_takes_pause_the_bucket() -> None:
    at = bench()
    at.shop.limits.per_second = 0
    with pytest.raises(RetryLater):
        at.part("order_source").changed(LONG_AGO, None)
    assert at.limiter.paused == {"calls": 2.0}


@pytest.mark.parametrize("order", ["text", "demo apps"])
def test_the_app_is_installed_and_its_credentials_serve_from_then_on(order: str) -> None:
    at, secrets = (
        bench(),
        {"app_client_id": "app-1", "app_secret": "app-secret", "shop_place": "demobolt.shoprenter.hu"},
    )
    kept: dict[str, str] = {}

    def bridge(request: httpx.Request) -> httpx.Response:
        query = request.url.query.decode()
        made = ShoprenterHandshake().register(query, {}, secrets, at.clock(), "")
        kept.update(made.secrets)
        return httpx.Response(302, headers={"location": made.redirect})

    at.shop._call = bridge
    app = at.shop.add_app("app-1", "app-secret", order)  # type: ignore[arg-type]
    at.secrets.values = {"client_id": "app-1", "client_secret": "app-secret"}
    with pytest.raises(NeedsAttention):
        at.part("account").ping()
    assert app.install("https://public.example.test/hooks/my-shop/app/register").headers["location"] == app.app_url
    at.secrets.values = kept
    assert at.part("account").ping().name == "Shoprenter demobolt"


def test_without_credentials_the_app_is_asked_for() -> None:
    at = bench()
    at.secrets.values = {"app_client_id": "app-1", "app_secret": "app-secret"}
    with pytest.raises(NeedsAttention, match="no credentials for the shop yet"):
        at.part("account").ping()
