"""A body in XML becomes plain data in bounds, and plain data becomes XML that says the same."""

from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shopbridge.errors import Held
from shopbridge.mapping import xml_data
from shopbridge.mapping.json_data import TooManyValues
from shopbridge.mapping.xml_data import DEEPEST, Listed, XmlError, read_xml, write_xml

NAMES = st.sampled_from(["Order", "Key", "Items", "Áru", "SKU"])
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\r", exclude_categories=["Cc", "Cs"]), max_size=20
).map(str.strip)
PLAIN = st.recursive(TEXTS, lambda inner: st.dictionaries(NAMES, inner, min_size=1), max_leaves=15)


@given(NAMES, PLAIN)
def test_what_was_written_is_read(name: str, content: Any) -> None:
    try:
        written = write_xml(name, content)
    except Held:
        return
    assert read_xml(written) == {name: content}


def test_texts_lose_the_blanks_around_them_and_cdata_is_text() -> None:
    body = b"<r>\n <a>\n  <![CDATA[Minta & <b>\n ]]></a><b/><c></c></r>"
    assert read_xml(body) == {"r": {"a": "Minta & <b>", "b": "", "c": ""}}


def test_a_repeated_name_holds_a_list_and_listed_makes_one_and_none_alike() -> None:
    items = TypeAdapter(Listed[str])
    assert read_xml("<r><a>1</a><b/><a>2</a></r>") == {"r": {"a": ["1", "2"], "b": ""}}
    assert [items.validate_python(each) for each in (["1", "2"], "1", "", None)] == [["1", "2"], ["1"], [], []]


def test_attributes_stand_beside_children_and_text() -> None:
    assert read_xml('<r><a x="1">t</a></r>') == {"r": {"a": {"@x": "1", "#text": "t"}}}


def test_a_charset_is_taken_as_declared() -> None:
    assert read_xml('<?xml version="1.0" encoding="iso-8859-2"?><r>ő</r>'.encode("iso-8859-2")) == {"r": "ő"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<r>",
        b"<r></s>",
        b"<r/><r/>",
        b"<html><body>Sorry<br></body></html>",
        b"\xff\xfe",
        b"<r>\x00</r>",
        b'<?xml version="1.0" encoding="no-such"?><r/>',
        b'<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>',
        b'<?xml version="1.0"?><!-- x --> <!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>',
        b"<r>&a;</r>",
        b"<a>" * (DEEPEST + 1) + b"</a>" * (DEEPEST + 1),
    ],
)
def test_what_is_no_xml_or_dangerous_is_refused_without_a_word_of_it(body: bytes) -> None:
    with pytest.raises(XmlError) as caught:
        read_xml(body)
    assert len(str(caught.value)) < 40


def test_a_document_type_within_a_text_is_text() -> None:
    assert read_xml("<r><![CDATA[<!DOCTYPE html>]]></r>") == {"r": "<!DOCTYPE html>"}


def test_more_elements_than_a_body_may_have_are_refused_before_any_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_data, "MOST_ELEMENTS", 10)
    assert read_xml("<r>" + "<a/>" * 9 + "</r>")
    with pytest.raises(TooManyValues, match="more than 10 values"):
        read_xml("<r>" + "<a></a>" * 10 + "</r>")


def test_none_leaves_an_element_out_and_an_empty_text_writes_it_empty() -> None:
    written = write_xml("r", {"a": None, "b": "", "c": {}, "d": ["1", None, "2"], "e": Decimal("1E+3"), "f": 7})
    assert [(each.tag, each.text) for each in fromstring(written)] == [  # noqa: S314 - our own
        ("b", None),
        ("c", None),
        ("d", "1"),
        ("d", "2"),
        ("e", "1000"),
        ("f", "7"),
    ]


def test_texts_are_escaped_and_what_xml_cannot_hold_is_told() -> None:
    assert read_xml(write_xml("r", {"a": "]]> & <b> \"'"})) == {"r": {"a": "]]> & <b> \"'"}}
    with pytest.raises(Held, match=r"text of a has the character '\\x0b'"):
        write_xml("r", {"a": "x\x0b"})
    with pytest.raises(TypeError, match="float"):
        write_xml("r", {"a": 1.5})
