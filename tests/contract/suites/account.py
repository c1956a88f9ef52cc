"""What every account promises: it says who answers and what maps may name, and tells no secret."""

import pytest

from shopbridge.errors import NeedsAttention, RetryLater
from tests.contract.bench import FAULTS, Bench, Fault, at_both_ends, strike, until_done
from tests.contract.hostile import hostile_answers, noted


@at_both_ends
def test_the_account_says_who_it_is_each_time_alike(bench: Bench) -> None:
    identity = bench.part("account").ping()
    assert identity.name.strip()
    assert all(identity.accounts)
    assert bench.part("account").ping() == identity


@at_both_ends
def test_the_vocabulary_names_each_choice_once_and_is_the_same_each_time(bench: Bench) -> None:
    words = bench.part("account").vocabulary()
    assert words.keys() >= {"status", "payment"}
    for name, choices in words.items():
        assert all(choice.key and choice.title for choice in choices), name
        assert len({choice.key for choice in choices}) == len(choices), name
    assert bench.part("account").vocabulary() == words


def test_credentials_that_were_replaced_meanwhile_are_read_again(bench: Bench) -> None:
    right = bench.secrets.values
    bench.spoil_credentials()
    bench.secrets.fresh = right
    assert bench.part("account").ping().name
    assert bench.secrets.values == right


def test_refused_credentials_stop_the_connection_say_what_to_do_and_are_not_told(bench: Bench) -> None:
    bench.spoil_credentials()
    with pytest.raises(NeedsAttention) as caught:
        bench.part("account").ping()
    assert caught.value.fix
    told = [name for name, value in bench.secrets.values.items() if len(value) > 4 and value in str(caught.value)]
    assert told == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_verification_that_breaks_off_is_repeated_later(bench: Bench, fault: Fault) -> None:
    strike(bench, fault, "account")
    with pytest.raises(RetryLater) as caught:
        bench.part("account").ping()
    assert caught.value.after > 0
    assert until_done(bench, lambda: bench.part("account").ping()).name


def test_what_is_no_answer_verifies_nothing(bench: Bench) -> None:
    for body, account in hostile_answers(bench, "account"):
        assert noted(account.ping).error or not isinstance(body, str), body
        noted(account.vocabulary)
