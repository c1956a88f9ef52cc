"""What only Cartum does with its callers: tokens in the body, a quota in the envelope, a plan without the API."""

import pytest

from shopbridge.errors import NeedsAttention, RetryLater, Throttled
from tests.contract.benches.cartum import LONG_AGO, bench, swift


@pytest.mark.parametrize("spelling", ["UNAUTHORIZED", "AUTHORIZATION_ERROR", "HTTP_401"])
def test_an_expired_token_is_renewed_once_in_every_spelling(spelling: str) -> None:
    at = bench(expired=spelling)
    swift(at).order_source.changed(LONG_AGO, None)
    at.shop.expire_tokens()
    assert swift(at).order_source.changed(LONG_AGO, None).orders == ()
    assert at.shop.tokens_issued == 2


def test_all_containers_share_a_token_for_its_ten_minutes() -> None:
    at = bench(newest_login_only=True)
    for _ in range(8):
        swift(at).order_source.changed(LONG_AGO, None)
        at.clock.advance(seconds=60)
    assert at.shop.tokens_issued == 1


def test_a_plan_without_the_api_is_said() -> None:
    at = bench()
    at.shop.set_plan(api=False)
    with pytest.raises(NeedsAttention, match="no API") as caught:
        swift(at).account.ping()
    assert "tariff plans" in caught.value.fix


@pytest.mark.parametrize("status", [200, 429])
def test_an_hour_whose_calls_are_used_up_is_waited_for_by_all_and_goes_on(status: int) -> None:
    at = bench(per_hour=5, quota_status=status)
    source = swift(at).order_source
    for _ in range(4):
        source.changed(LONG_AGO, None)
    with pytest.raises(Throttled) as caught:
        source.changed(LONG_AGO, None)
    made = at.made()
    with pytest.raises(RetryLater, match="used up"):
        swift(at).order_source.changed(LONG_AGO, None)
    assert at.made() == made
    at.clock.advance(seconds=caught.value.after + 1)
    assert swift(at).order_source.changed(LONG_AGO, None).orders == ()


def test_a_version_without_a_list_of_statuses_has_the_built_in_ones() -> None:
    at = bench(without=("orders/get_available_statuses",))
    at.put("MUG")
    order = at.sell({"MUG": 1})
    assert "Processing" in swift(at).order_status.set_status(order, "2")
    assert at.status(order) == "2"


def test_a_version_without_the_newer_events_has_the_first_one() -> None:
    at = bench(newer_events=False)
    hooks = swift(at).hook_subscriptions
    assert hooks is not None
    assert hooks.subscribe("https://bridge.example/hooks/s/token/0123456789abcdef", {}).keys() == {"order_created"}


def test_no_more_than_five_subscriptions_are_there_for_an_event() -> None:
    at = bench()
    for number in range(7):
        hooks = swift(at).hook_subscriptions
        assert hooks is not None
        made = hooks.subscribe(f"https://bridge.example/hooks/s{number}/token/0123456789abcdef", {})
        assert bool(made) is (number < 5)
    assert len(at.hooks()) == 15
