from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shopbridge.errors import Held
from shopbridge.mapping.rule_engine import apply_rules, check_rules, compile_rules
from shopbridge.mapping.rules import FieldRule, TargetField
from shopbridge.mapping.validation import BadSettings

TARGETS = {
    field.path: field
    for field in (
        TargetField("comment", "Comment", "text", max_length=20),
        TargetField("reference", "Reference", "text", required=True),
        TargetField("paid", "Paid", "boolean"),
        TargetField("deliver_date", "Delivery date", "date"),
        TargetField("extra_costs", "Extra costs", "decimal"),
        TargetField("customer.billingaddress.street", "Street", "text"),
        TargetField("customer.billingaddress.housenumber", "House number", "integer"),
        TargetField("customer.billingaddress.housenumber_suffix", "Addition", "text"),
        TargetField("orderrows[].memo", "Memo", "text"),
        TargetField("orderrows[].extra.weight", "Weight", "decimal"),
    )
}

ORDER: dict[str, Any] = {
    "number": "10042",
    "comment": "  Leave it at the door ",
    "channel": "",
    "placed_at": "2025-03-01T23:30:00+02:00",
    "customer": None,
    "billing_address": {"street": "Dorpsstraat 12-b", "extra": ["Gebouw C"], "country": "NL", "company": ""},
    "extras": {"po": "PO 77", "express": False, "count": 0, "weights": [Decimal("1.10"), Decimal("2.20")]},
    "totals": {"gross": Decimal("120.10")},
    "lines": [
        {"name": "Lamp", "sku": "L1", "options": {"Colour": "red", "Size": "M"}, "fields": {"weight": "1,5"}},
        {"name": "Oil", "sku": "O1", "options": {}, "fields": {}},
    ],
}
PAYLOAD: dict[str, Any] = {"reference": "old", "orderrows": [{"memo": "a"}, {"memo": "b"}, {"memo": "shipping"}]}
LINE_OF_ROW = (1, 0, None)


def rule(target: str, source: str, **settings: Any) -> FieldRule:
    return FieldRule.model_validate({"target": target, "source": source} | settings)


def applied(*rules: FieldRule, payload: dict[str, Any] | None = None) -> dict[str, Any]:
    return apply_rules(compile_rules(rules, TARGETS), payload or PAYLOAD, ORDER, source_of_row=LINE_OF_ROW)


def problems(*rules: FieldRule) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        check_rules(rules, TARGETS, ORDER)
    return [str(problem) for problem in caught.value.problems]


def test_an_address_is_split_into_the_fields_of_the_target() -> None:
    base = "customer.billingaddress."
    result = applied(
        rule(base + "street", "order.billing_address", convert="street"),
        rule(base + "housenumber", "order.billing_address", convert="house_number"),
        rule(base + "housenumber_suffix", "order.billing_address.street", convert=["house_suffix", "upper"]),
    )
    assert result["customer"]["billingaddress"] == {
        "street": "Dorpsstraat",
        "housenumber": 12,
        "housenumber_suffix": "B",
    }


def test_the_payload_given_is_left_as_it_was() -> None:
    before = deepcopy(PAYLOAD)
    result = applied(rule("orderrows[].memo", "line.sku"), rule("comment", "order.number"))
    assert before == PAYLOAD
    assert result != before


def test_row_rules_see_the_line_their_row_stems_from() -> None:
    result = applied(rule("orderrows[].memo", "line.name"), rule("orderrows[].extra.weight", "line.fields.weight"))
    assert result["orderrows"] == [
        {"memo": "Oil"},
        {"memo": "Lamp", "extra": {"weight": Decimal("1.5")}},
        {"memo": "shipping"},
    ]


def test_rows_that_do_not_match_their_lines_are_a_bug() -> None:
    compiled = compile_rules([rule("orderrows[].memo", "line.name")], TARGETS)
    with pytest.raises(ValueError, match="zip"):
        apply_rules(compiled, {"orderrows": []}, ORDER, source_of_row=(0,))


@pytest.mark.parametrize(
    ("source", "default", "expected"),
    [
        ("order.number", None, "10042"),
        ("order.channel", None, "old"),
        ("order.channel", "web", "web"),
        ("order.customer.email", "none", "none"),
        ("order.billing_address.extra[5]", "none", "none"),
        ("'web shop'", None, "web shop"),
        ("order.extras.count", "none", "0"),
        ("sum(order.extras.weights)", None, "3.30"),
        ("to_number('12.50')", None, "12.50"),
        ("to_number('1e999999999')", "none", "none"),
        ("to_number('1e-999999999')", "none", "none"),
        ("to_string(order.totals.gross)", None, "120.10"),
        ("type(order.totals.gross)", None, "number"),
        ("join(' / ', keys(order.lines[0].options))", None, "Colour / Size"),
    ],
)
def test_an_empty_source_takes_the_default_or_leaves_the_field(source: str, default: str | None, expected: str) -> None:
    assert applied(rule("reference", source, default=default))["reference"] == expected


@pytest.mark.parametrize(
    ("when", "applies"),
    [
        ("", True),
        ("order.extras.count", True),
        ("order.extras.express", False),
        ("order.channel", False),
        ("order.customer", False),
        ("order.billing_address.country == 'NL'", True),
        ("order.totals.gross > `120.09`", True),
        ("order.totals.gross == `120.1`", True),
        ("order.totals.gross < `120`", False),
        ("length(order.lines) > `1` && order.comment", True),
    ],
)
def test_a_condition_is_true_as_jmespath_says(when: str, applies: bool) -> None:
    assert applied(rule("reference", "'new'", when=when))["reference"] == ("new" if applies else "old")


def test_the_first_rule_that_applies_wins() -> None:
    result = applied(
        rule("reference", "'a'", when="order.channel == 'a'"),
        rule("reference", "order.customer.number", when="order.number"),
        rule("reference", "'last'"),
    )
    assert result["reference"] == "last"


@pytest.mark.parametrize(
    ("target", "source", "settings", "expected"),
    [
        ("comment", "order.comment", {"convert": "trim"}, "Leave it at the door"),
        ("comment", "'abcdefghijklmnopqrstuvwxyz'", {}, "abcdefghijklmnopqrst"),
        ("paid", "'yes'", {}, True),
        ("deliver_date", "order.placed_at", {}, "2025-03-01"),
        ("extra_costs", "order.totals.gross", {}, Decimal("120.10")),
        ("extra_costs", "order.channel", {"default": "1.50"}, Decimal("1.50")),
        ("extra_costs", "order.extras.po", {"convert": ["digits", "integer"]}, Decimal(77)),
        ("comment", "order.billing_address.street", {"convert": ["house_suffix"]}, "b"),
        ("comment", "'Kerkplein'", {"convert": ["house_suffix"]}, ""),
        ("comment", "'Kerkplein'", {"convert": ["house_suffix"], "default": "-"}, "-"),
        ("customer.billingaddress.housenumber", "'Kerkplein'", {"convert": "house_number", "default": 0}, 0),
    ],
)
def test_values_get_the_type_and_length_of_the_field(
    target: str, source: str, settings: dict[str, Any], expected: object
) -> None:
    value: Any = applied(rule(target, source, **settings))
    for key in target.split("."):
        value = value[key]
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("target", "source", "settings", "told"),
    [
        ("extra_costs", "order.extras.po", {}, "the value of the form 'xx 99' is no number"),
        ("extra_costs", "'a very long private letter'", {}, "the value of the form 'x xxxx xxxx …' is no number"),
        ("extra_costs", "'a number of 24 character'", {}, "the value of the form 'x xxxxxx xx 99 xxxxxxxxx' is no"),
        ("extra_costs", "'a number of 25 characters'", {}, "the value of the form 'x xxxxxx xx …' is no"),
        ("comment", "order.billing_address", {}, "is neither a text nor a number"),
        ("comment", "order.totals.gross == `1`", {}, "the value of the form 'False' is neither a text nor a number"),
        ("reference", "'Kerkplein'", {"convert": "house_suffix"}, "is blank, and the field needs a value"),
        ("customer.billingaddress.housenumber", "'Kerkplein'", {"convert": "house_number"}, "gives nothing"),
        ("comment", "sum(order.lines)", {}, "sum() does not take a value of type dict"),
        ("comment", "'x'", {"when": "order.totals.gross > 'x'"}, "values together that do not fit"),
        ("comment", "abs(`1`, `2`)", {}, "abs() takes 1 values"),
    ],
)
def test_a_value_a_rule_cannot_use_holds_the_order(
    target: str, source: str, settings: dict[str, Any], told: str
) -> None:
    bad = rule(target, source, **settings)
    with pytest.raises(Held) as caught:
        applied(bad)
    assert caught.value.code == "rule_failed"
    assert caught.value.what.startswith(f"The field rule 1 ({target}) cannot be applied")
    assert told in caught.value.what
    assert (caught.value.where, "private letter" in str(caught.value)) == ("order 10042", False)
    assert told in problems(bad)[0]


CHAINS_THAT_FIND_NOTHING = [
    ("'Kerkplein'", ["house_number", "text"]),
    ("'Kerkplein'", ["house_number", "decimal", "text"]),
    ("order.comment", ["digits", "first_word", "upper"]),
]


@pytest.mark.parametrize(("source", "chain"), CHAINS_THAT_FIND_NOTHING)
def test_no_converter_runs_after_one_that_finds_nothing_and_the_default_counts(source: str, chain: list[str]) -> None:
    assert applied(rule("comment", source, convert=chain, default="none"))["comment"] == "none"


@pytest.mark.parametrize(("source", "chain"), CHAINS_THAT_FIND_NOTHING)
def test_a_chain_that_finds_nothing_and_has_no_default_says_just_that(source: str, chain: list[str]) -> None:
    with pytest.raises(Held, match="gives nothing, and the rule has no default"):
        applied(rule("comment", source, convert=chain))


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (rule("coment", "order.number"), "no such field. Did you mean comment?"),
        (rule("zzz", "order.number"), "no such field. Choose one of: comment, customer.bill"),
        (rule("comment", "order..number"), "source is wrong: it cannot be read at character 7"),
        (rule("comment", "order.number", when="order.["), "when is wrong: it cannot be read at character 8"),
        (rule("comment", "order.lines[?sku"), "source is wrong: it cannot be read at character 17"),
        (rule("comment", "shout(order.number)"), "there is no function shout()"),
        (rule("comment", "(" * 900), "empty or nested too deep"),
        (rule("comment", "number"), "source reads 'number', which is not there. Begin names with order."),
        (rule("comment", "line.sku"), "source reads 'line.sku', which is not there. Begin names with order."),
        (rule("orderrows[].memo", "sku"), "Begin names with order or line."),
        (rule("comment", "order.custmer.name"), "The sample order has no order.custmer"),
        (rule("comment", "order.billing_address.town"), "The sample order has no order.billing_address.town"),
        (rule("orderrows[].memo", "line.skuu"), "The sample order has no line.skuu"),
        (rule("comment", "order.number", when="!order.nope"), "The sample order has no order.nope"),
        (rule("comment", "join(' ', [order.number, order.nope])"), "The sample order has no order.nope"),
        (
            rule("paid", "order.number", convert="upper"),
            "upper gives text, the field takes boolean. Let the converters",
        ),
        (rule("comment", "order.number", convert="boolean"), "boolean gives boolean, the field takes text"),
        (rule("paid", "order.number", default="maybe"), "The default is neither yes nor no"),
        (rule("extra_costs", "order.totals.gross", default="1,234"), "The default could be thousands"),
        (rule("reference", "order.number", default=" ", convert="trim"), "The default is blank"),
    ],
)
def test_a_rule_that_cannot_work_is_refused_on_save(bad: FieldRule, told: str) -> None:
    assert told in " | ".join(problems(bad))


def test_all_problems_are_told_at_once_with_their_place() -> None:
    bad = [rule("comment", "order..x", default=True), rule("paid", "order.number"), rule("nope", "a b", when="c d")]
    found = problems(*bad)
    assert [text.split(":")[0] for text in found] == ["field rule 1 (comment)"] * 2 + ["field rule 3 (nope)"] * 3


@pytest.mark.parametrize("when", ["", "order.channel"])
def test_a_rule_that_never_gets_its_turn_is_refused(when: str) -> None:
    first, second = rule("comment", "order.number", when=when), rule("comment", "order.comment", when=when)
    assert "An earlier rule always fills this field first" in problems(first, second)[0]


def test_fields_that_differ_from_shop_to_shop_need_not_be_in_the_sample() -> None:
    rules = [
        rule("comment", "order.extras.anything.else"),
        rule("orderrows[].memo", "line.options.Width || line.fields.width"),
        rule("reference", "order.customer.number"),
        rule("deliver_date", "order.lines[?options.wished].options.wished | [0]"),
    ]
    check_rules(rules, TARGETS, ORDER)


@pytest.mark.parametrize(
    "settings",
    [{"target": "a"}, {"target": "a", "source": "b", "more": 1}, {"target": "a", "source": "b", "convert": "shout"}],
)
def test_a_rule_of_another_shape_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FieldRule.model_validate(settings)


def test_rules_survive_being_stored_as_json_and_tell_what_each_setting_is() -> None:
    first = rule("extra_costs", "order.number", convert="decimal", default="1.50", when="order.number")
    assert FieldRule.model_validate_json(first.model_dump_json()) == first
    assert all(field.title and field.description for field in FieldRule.model_fields.values())


WORDS = st.sampled_from(["order", "line", ".", "[", "]", "*", "?", "(", ")", "sum", "number", "`1`", "'a'", "||", ">", ",", "{a:", "}", "@", "|"])  # fmt: skip  # noqa: E501


@given(words=st.lists(WORDS, max_size=8), when=st.lists(WORDS, max_size=4))
def test_whatever_is_written_is_refused_or_held_but_never_crashes(words: list[str], when: list[str]) -> None:
    wild = rule("comment", "".join(words) or "order", when="".join(when))
    try:
        applied(wild)
    except (BadSettings, Held) as error:
        assert "field rule 1 (comment)" in str(error)  # noqa: PT017 - either outcome is right
