"""What every back office promises that hands out its documents to be mailed."""

from typing import Any

import pytest

from shopbridge.errors import Held, RetryLater
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OfficeDocument, OrderReceipt
from tests.contract.bench import FAULTS, Fault, OfficeBench, at_both_ends, strike
from tests.contract.suites.order_target import planned


def made(bench: OfficeBench, **settings: Any) -> OrderReceipt:
    """An order that became a document."""
    target = bench.connector(**settings).order_target
    receipt: OrderReceipt = target.create(planned(bench, bench.order(), target=target))
    return receipt


def document_of(bench: OfficeBench, **settings: Any) -> OfficeDocument:
    """What was made of an order."""
    document = made(bench, **settings).document
    assert document is not None
    return document


def read(bench: OfficeBench, document: OfficeDocument) -> bytes:
    """In a new container."""
    content: bytes = bench.part("document_source").read(document)
    return content


@at_both_ends
def test_what_an_order_became_is_named_with_its_creation_and_read_as_a_pdf(bench: OfficeBench) -> None:
    receipt = made(bench)
    document = receipt.document
    assert document is not None
    assert (document.kind, document.number, document.doubtful) == ("invoice", receipt.number, False)
    content = read(bench, document)
    assert content.startswith(b"%PDF-")
    assert read(bench, document) == content


@at_both_ends
def test_where_its_file_lies_is_shown_nowhere(bench: OfficeBench) -> None:
    document = document_of(bench)
    assert not document.url or document.url not in repr(document)


@at_both_ends
def test_a_document_that_is_not_there_is_left_to_a_person(bench: OfficeBench) -> None:
    known = document_of(bench)
    nobodys = OfficeDocument(id=ExternalId("999999999"), kind="invoice", url=f"{known.url}0" if known.url else "")
    with pytest.raises(Held) as caught:
        read(bench, nobodys)
    assert (caught.value.code, bool(caught.value.fix)) == ("no_document_file", True)
    assert not known.url or known.url not in str(caught.value)


@pytest.mark.parametrize("fault", FAULTS)
@at_both_ends
def test_what_breaks_off_is_read_again_later_and_tells_no_address(bench: OfficeBench, fault: Fault) -> None:
    document = document_of(bench)
    strike(bench, fault, "document_source")
    with pytest.raises(RetryLater) as caught:
        read(bench, document)
    assert not document.url or document.url.partition("//")[2].partition("/")[2] not in str(caught.value)
    bench.rest()
    assert read(bench, document).startswith(b"%PDF-")
