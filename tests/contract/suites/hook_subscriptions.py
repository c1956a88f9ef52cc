"""What every platform promises that is asked to call us when something changes."""

from collections.abc import Mapping

import pytest

from shopbridge.errors import BridgeError, NeedsAttention, OutcomeUnknown, RetryLater
from tests.contract.bench import FAULTS, Fault, HookBench, cost, strike

URL = "https://bridge.example/hooks/my-shop/token/0123456789abcdef"


def asked(bench: HookBench, known: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Ask in a new container."""
    events: Mapping[str, str] = bench.part("hook_subscriptions").subscribe(URL, known or {})
    return events


def test_each_event_that_is_kept_is_called_to_the_address(bench: HookBench) -> None:
    events = asked(bench)
    assert events
    assert sorted(bench.hooks()) == sorted((event, URL) for event in events)


def test_asking_again_asks_for_nothing_that_is_there(bench: HookBench) -> None:
    events = asked(bench)
    assert cost(bench, lambda: asked(bench, events)) == 0
    assert len(bench.hooks()) == len(events)


def test_what_is_missing_is_asked_for_alone(bench: HookBench) -> None:
    events = dict(asked(bench))
    name = min(events)
    bench.part("hook_subscriptions").unsubscribe(URL, {name: events.pop(name)})
    assert name not in dict(bench.hooks())
    assert set(asked(bench, events)) == {*events, name}
    assert len(bench.hooks()) == len(events) + 1


def test_what_is_ended_is_gone_and_may_be_ended_again(bench: HookBench) -> None:
    events = asked(bench)
    for _ in range(2):
        bench.part("hook_subscriptions").unsubscribe(URL, events)
        assert not bench.hooks()


def test_spoilt_credentials_are_told(bench: HookBench) -> None:
    bench.spoil_credentials()
    with pytest.raises((NeedsAttention, RetryLater)):
        asked(bench)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_a_typed_one_and_asking_again_does_it(bench: HookBench, fault: Fault) -> None:
    strike(bench, fault, "hook_subscriptions")
    with pytest.raises((RetryLater, OutcomeUnknown)) as caught:
        asked(bench)
    assert isinstance(caught.value, BridgeError)
    bench.rest()
    events = asked(bench)
    assert {(event, URL) for event in events} <= set(bench.hooks())
