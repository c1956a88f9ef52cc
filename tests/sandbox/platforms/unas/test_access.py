"""Log-in, tokens, rights, malformed bodies, limits, bans and silence of the emulated UNAS."""

import httpx
import pytest

from sandbox.platforms.unas.wire import read_xml, write_xml
from tests.sandbox.platforms.unas.calls import KEY, Store

NOTHING = "<Params></Params>"


def _text(response: httpx.Response) -> str:
    root, text = read_xml(response.content)
    assert root == "Error"
    return str(text)


def test_a_login_gives_a_token_of_two_hours_in_the_shops_own_time() -> None:
    store = Store()
    root, login = read_xml(store.log_in().content)
    assert root == "Login"
    assert len(login["Token"]) == 40
    assert (login["Expire"], login["ExpireTime"]) == ("2026.03.01 13:00:00", "1772366400")
    assert (login["ShopId"], login["Subscription"], login["Status"]) == ("10001", "premium", "ok")
    assert "getOrder" in login["Permissions"]["Permission"]
    assert "WebshopInfo" not in login
    assert read_xml(store.log_in(info="true").content)[1]["WebshopInfo"]["WebshopName"] == "Minta bolt"


def test_the_expiry_in_seconds_may_be_missing() -> None:
    assert "ExpireTime" not in read_xml(Store(expire_time_shown=False).log_in().content)[1]


@pytest.mark.parametrize(("settings", "status"), [({}, 400), ({"token_refusal": 401}, 401)])
def test_an_expired_or_unknown_token_is_refused(settings: dict[str, int], status: int) -> None:
    store = Store(**settings)
    assert store.send("getOrder", NOTHING).status_code == 200
    store.clock.advance(seconds=7200)
    assert store.send("getOrder", NOTHING).status_code == status
    assert store.send("getOrder", NOTHING, token="nobody's").status_code == status


def test_a_token_dies_with_its_key() -> None:
    store = Store()
    store.orders()
    store.shop.replace_key("N" * 40)
    assert store.send("getOrder", NOTHING).status_code == 400
    assert store.log_in("N" * 40).status_code == 200


def test_wrong_keys_and_small_plans_are_told_in_the_platforms_words() -> None:
    response = Store().log_in("W" * 40)
    assert (response.status_code, _text(response)) == (400, "Login Error: invalid ApiKey")
    assert _text(Store(plan="start").log_in()) == "Login Error: PREMIUM package needed"


def test_a_function_that_was_not_ticked_is_refused_and_not_listed() -> None:
    store = Store()
    store.shop.forbid("SETORDER")
    permissions = read_xml(store.log_in().content)[1]["Permissions"]["Permission"]
    assert "setOrder" not in permissions
    assert "setOrder" in store.error("setOrder", "<Orders><Order><Action>add</Action></Order></Orders>")
    store.shop.allow("setOrder")
    assert store.send("setOrder", "<Orders><Order><Action>add</Action></Order></Orders>").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<Params>",
        "<Orders></Orders>",
        "<Params><Color>red</Color></Params>",
        "<Params><LimitNum>many</LimitNum></Params>",
        '<!DOCTYPE a [<!ENTITY b "c">]><Params>&b;</Params>',
        "<a>" * 60 + "</a>" * 60,
    ],
)
def test_malformed_bodies_and_unknown_nodes_are_refused(body: str) -> None:
    assert Store().error("getOrder", body).startswith("example: ")


def test_any_root_reads_where_the_switch_is_on() -> None:
    assert Store(any_root_reads=True).send("getOrder", "<Orders></Orders>").status_code == 200


def test_functions_are_unknown_or_not_emulated_or_of_the_larger_plan() -> None:
    store = Store()
    assert "unknown function" in store.error("getNothing", NOTHING)
    assert store.send("setCoupon", NOTHING).status_code == 501
    assert "VIP" in store.error("getAutomatism", NOTHING)


@pytest.mark.parametrize(
    ("plan", "params", "limit"),
    [
        ("premium", {}, 30),
        ("vip", {}, 90),
        ("premium", {"TimeModStart": "1"}, 30),
        ("premium", {"Key": "10001-1"}, 1000),
        ("premium", {"Key": "10001-1", "Status": "open_normal"}, 30),
    ],
)
def test_a_list_may_be_read_seldom_and_one_entity_often(plan: str, params: dict[str, str], limit: int) -> None:
    store = Store(plan=plan)
    body = write_xml("Params", params)
    assert {store.send("getOrder", body).status_code for _ in range(limit)} == {200}
    text = _text(store.send("getOrder", body))
    assert text == "Too much getOrder query, IP is banned till 03.01.2026 12:00:00"


def test_a_comma_list_counts_as_several() -> None:
    store = Store()
    for _ in range(30):
        store.get("getStock", "Product", Sku="A,B")
    store.get("getStock", "Product", Sku="A", Variant1="x")
    assert "banned" in store.error("getStock", write_xml("Params", {"Id": "1,2"}))


def test_large_writes_have_the_small_limit() -> None:
    store = Store()
    sent = write_xml("Products", {"Product": [{"Action": "modify", "Sku": "A"}] * 101})
    assert {store.send("setStock", sent).status_code for _ in range(30)} == {200}
    assert store.send("setStock", sent).status_code == 400


def test_a_ban_holds_for_every_function_and_ends_after_an_hour() -> None:
    store = Store()
    for _ in range(31):
        store.send("getOrder", NOTHING)
    store.clock.advance(minutes=59)
    assert "banned till" in store.error("getStock", write_xml("Params", {"Sku": "A"}))
    assert "banned till" in _text(store.log_in())
    store.clock.advance(minutes=1)
    assert store.orders() == []
    assert (store.shop.guard.bans, store.shop.guard.most["getOrder several"]) == (1, 30)


def test_the_hour_is_the_last_one_or_that_of_the_clock() -> None:
    for rolling, bans in ((True, 1), (False, 0)):
        store = Store(rolling_hour=rolling)
        store.clock.advance(minutes=50)
        for _ in range(2):
            for _ in range(20):
                store.send("getOrder", NOTHING)
            store.clock.advance(minutes=15)
        assert store.shop.guard.bans == bans


def test_hours_pass_faster_where_the_clock_is_a_fast_one() -> None:
    store = Store(speed=60)
    for _ in range(31):
        store.send("getOrder", NOTHING)
    store.clock.advance(seconds=60)
    assert store.orders() == []


def test_twenty_failures_in_a_row_ban_and_a_success_resets() -> None:
    store = Store()
    for _ in range(19):
        store.error("getOrder", "<Wrong/>")
    store.orders()
    for _ in range(20):
        assert "banned" not in store.error("getOrder", "<Wrong/>")
    assert store.error("getOrder", NOTHING).startswith("Too much getOrder query, IP is banned till ")


def test_a_failed_entity_is_no_failed_call_unless_the_switch_is_on() -> None:
    sent = write_xml("Orders", {"Order": [{"Action": "modify", "Key": "none", "StatusDetails": "x"}]})
    for counts, bans in ((False, 0), (True, 1)):
        store = Store(failed_entity_counts=counts)
        for _ in range(20):
            store.send("setOrder", sent)
        assert store.shop.guard.bans == bans


def test_five_logins_an_hour_may_fail_and_ten_strange_calls_end_in_silence() -> None:
    store = Store()
    texts = [_text(store.log_in("W" * 40)) for _ in range(9)]
    assert texts[:5] == ["Login Error: invalid ApiKey"] * 5
    assert all("banned till" in text for text in texts[5:])
    store.shop.guard.forgive()
    assert {store.send("getOrder", NOTHING, token="nobody's").status_code for _ in range(4)} == {400}
    with pytest.raises(httpx.ReadTimeout):
        store.log_in()
    store.clock.advance(hours=2)
    assert store.log_in(KEY).status_code == 200


def test_strange_calls_far_apart_are_forgiven() -> None:
    store = Store()
    for _ in range(20):
        store.send("getOrder", NOTHING, token="nobody's")
        store.clock.advance(minutes=2)
    assert store.log_in().status_code == 200
