"""What every back office promises that keeps customers."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from shopbridge.errors import AlreadyDone, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.model.base import ExternalId
from shopbridge.model.office import DirectoryPage
from shopbridge.ports import CustomerTarget
from tests.contract.bench import FAULTS, Fault, OfficeBench, cost, strike, until_done
from tests.contract.hostile import POISONS, Replay, answering, hostile_answers, laid, noted, poisoned
from tests.salespos_orders import ADDRESS, CUSTOMER

OTHER = CUSTOMER.model_copy(update={"email": "Bert@Voorbeeld.example"})


def read(bench: OfficeBench, mark: str | None = None) -> tuple[dict[str, ExternalId], str]:
    """Every page from a mark on, each in a new container; marks travel as JSON."""
    entries: dict[str, ExternalId] = {}
    for _ in range(50):
        target: CustomerTarget = bench.part("customers")
        page: DirectoryPage = target.changed(mark)
        entries |= {entry.key: entry.id for entry in page.entries}
        mark = json.loads(json.dumps(page.mark))
        if page.complete:
            return entries, page.mark
    raise AssertionError("the list does not end")


def create(bench: OfficeBench) -> ExternalId:
    """A customer, in a new container."""
    made: ExternalId = bench.part("customers").create(CUSTOMER, ADDRESS, ADDRESS)
    return made


@pytest.fixture(scope="module")
def filled(request: pytest.FixtureRequest) -> tuple[OfficeBench, dict[str, ExternalId]]:
    """An account with more than two pages of customers."""
    make: Callable[[], OfficeBench] = request.param
    bench = make()
    mails = [f"user-{number}@x.example" for number in range(bench.facts.pages["customers"])]
    return bench, {mail: bench.put_customer(mail) for mail in mails}


# --- the list -----------------------------------------------------------------------------------------------------


def test_every_customer_is_told_by_e_mail(filled: tuple[OfficeBench, dict[str, ExternalId]]) -> None:
    bench, customers = filled
    assert read(bench)[0] == customers


def test_a_new_customer_is_found_by_e_mail_whatever_its_capitals(bench: OfficeBench) -> None:
    made = create(bench)
    assert read(bench)[0] == {CUSTOMER.match_key: made}


def test_later_only_new_customers_are_read_in_few_calls(bench: OfficeBench) -> None:
    create(bench)
    _, mark = read(bench)
    new = bench.part("customers").create(OTHER, ADDRESS, ADDRESS)
    later: dict[str, ExternalId] = {}
    assert cost(bench, lambda: later.update(read(bench, mark)[0])) == bench.facts.calls.get("new customers", 1)
    assert later == {OTHER.match_key: new}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_reading_that_breaks_off_is_repeated_later_and_loses_nothing(bench: OfficeBench, fault: Fault) -> None:
    made = create(bench)
    strike(bench, fault, "customer list")
    with pytest.raises(RetryLater) as caught:
        read(bench)
    assert caught.value.after > 0
    assert until_done(bench, partial(read, bench))[0] == {CUSTOMER.match_key: made}


def test_a_list_that_never_ends_is_given_up(filled: tuple[OfficeBench, dict[str, ExternalId]]) -> None:
    bench, _ = filled
    with laid(bench, Replay()), pytest.raises(RetryLater):
        read(bench)


@pytest.mark.parametrize("value", POISONS.values(), ids=POISONS)
def test_a_poisoned_customer_hides_no_other(bench: OfficeBench, value: Any) -> None:
    bench.put_customer("bad@example.test")
    good = bench.put_customer("ana@example.test")
    for field in bench.facts.rows["customers"].fields:
        with poisoned(bench, bench.facts.rows["customers"], "bad@example.test", field, value):
            entries, _ = read(bench)
        assert entries["ana@example.test"] == good


def test_whatever_is_answered_nobody_is_told(bench: OfficeBench) -> None:
    create(bench)
    for body, target in hostile_answers(bench, "customers"):
        page = noted(partial(target.changed, None))
        assert page.error or not any(given.entries for given in page.given), body


# --- creating and changing ----------------------------------------------------------------------------------------


def test_checking_asks_nothing(bench: OfficeBench) -> None:
    target = bench.part("customers")
    assert cost(bench, lambda: target.check(CUSTOMER, ADDRESS, ADDRESS)) == 0


def test_a_creation_costs_what_it_must(bench: OfficeBench) -> None:
    target = bench.part("customers")
    must = bench.facts.calls.get("customer created", 1)
    assert cost(bench, lambda: target.create(CUSTOMER, ADDRESS, ADDRESS)) == must


def test_an_e_mail_that_is_taken_says_that_the_customer_exists(bench: OfficeBench) -> None:
    create(bench)
    shouting = CUSTOMER.model_copy(update={"email": CUSTOMER.email.upper()})
    with pytest.raises(AlreadyDone):
        bench.part("customers").create(shouting, ADDRESS, ADDRESS)
    assert len(read(bench)[0]) == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_a_creation_that_breaks_off_is_settled_with_one_customer(bench: OfficeBench, fault: Fault) -> None:
    strike(bench, fault, "customers")
    with pytest.raises(RetryLater if fault == "throttled" else OutcomeUnknown):
        create(bench)
    bench.rest()
    known, _ = read(bench)
    assert len(known) == (1 if fault == "lost_answer" else 0)
    if not known:
        create(bench)
    assert read(bench)[0].keys() == {CUSTOMER.match_key}


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_refusal_is_rejected_and_not_in_doubt(bench: OfficeBench, status: int) -> None:
    with answering(bench, {"message": "no"}, status), pytest.raises(Rejected):
        create(bench)


def test_an_update_changes_what_the_shop_knows_and_may_be_repeated(bench: OfficeBench) -> None:
    made = create(bench)
    moved = ADDRESS.model_copy(update={"city": "Zwolle", "phone": ""})
    for _ in range(2):
        bench.part("customers").update(made, CUSTOMER, moved, moved)
    assert bench.customer(made) == ("Zwolle", ADDRESS.phone)
    assert read(bench)[0] == {CUSTOMER.match_key: made}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_update_that_breaks_off_is_repeated_later(bench: OfficeBench, fault: Fault) -> None:
    made = create(bench)
    moved = ADDRESS.model_copy(update={"city": "Zwolle"})
    strike(bench, fault, "customer update")
    with pytest.raises(RetryLater):
        bench.part("customers").update(made, CUSTOMER, moved, moved)
    until_done(bench, lambda: bench.part("customers").update(made, CUSTOMER, moved, moved))
    assert bench.customer(made) == ("Zwolle", ADDRESS.phone)


def test_refused_credentials_stop_the_connection_and_say_what_to_do(bench: OfficeBench) -> None:
    bench.spoil_credentials()
    for attempt in (partial(create, bench), partial(read, bench)):
        with pytest.raises(NeedsAttention) as caught:
            attempt()
        assert caught.value.fix


def test_whatever_is_answered_a_creation_is_in_doubt_or_refused(bench: OfficeBench) -> None:
    """Or surely not made, where it is looked for before it is sent."""
    looks = bench.facts.calls.get("customer created", 1) > 1
    for body, target in hostile_answers(bench, "customers"):
        made = noted(partial(target.create, CUSTOMER, ADDRESS, ADDRESS))
        unsent = isinstance(made.error, RetryLater) and looks
        assert unsent or isinstance(made.error, OutcomeUnknown | Rejected | AlreadyDone), body
