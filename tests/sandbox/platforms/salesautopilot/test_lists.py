"""Lists of the emulated SalesAutopilot: read, sorted, with conditions; subscribing and the states of consent."""

from typing import Any

import pytest

from sandbox.platforms.salesautopilot import Action, Consent, FormKind, ListKind
from tests.sandbox.platforms.salesautopilot.calls import CHANGE, DOUBLE, ORDERS, PEOPLE, SIGN_UP, Desk, order

ADDRESS = "vevo@example.test"
SUBSCRIBE = f"subscribe/{PEOPLE}/form/{SIGN_UP}"


def _numbers(rows: list[Any]) -> list[str]:
    return [row["mssys_shoprenter_id"] for row in rows]


def _three() -> Desk:
    """Three orders, an hour apart."""
    desk = Desk()
    for number in ("7", "30", "200"):
        desk.create(order(number, netshippingcost=int(number), grossshippingcost=int(number)))
        desk.clock.advance(hours=1)
    return desk


def test_a_list_is_read_whole_sorted_and_cut() -> None:
    desk = _three()
    assert _numbers(desk.get(f"list/{ORDERS}")) == ["7", "30", "200"]
    assert _numbers(desk.get(f"list/{ORDERS}/order/subdate/desc")) == ["200", "30", "7"]
    assert _numbers(desk.get(f"list/{ORDERS}/order/subdate/DESC/2")) == ["200", "30"]
    assert _numbers(desk.get(f"list/{ORDERS}/order/mssys_shipping_cost/asc/1")) == ["7"]
    assert _numbers(desk.get(f"list/{ORDERS}/order/mssys_shoprenter_id/asc")) == ["200", "30", "7"]
    assert desk.get(f"listtotalcount/{ORDERS}") == 3


def test_conditions_narrow_a_list_and_fields_are_chosen() -> None:
    desk = _three()
    path = f"list/{ORDERS}/order/subdate/asc"
    since = {"field": "subdate", "operator": ">", "value": "2026-03-01 11:00:00"}
    assert _numbers(desk.post(path, [since])) == ["30", "200"]
    cost = {"field": "mssys_shipping_cost", "operator": ">", "value": 30}
    assert _numbers(desk.post(path, [since, cost])) == ["200"]
    chosen = {"listFields": ["id", "mssys_shoprenter_id"]}
    rows = desk.post(path, [since, chosen])
    assert [row.keys() for row in rows] == [{"id", "mssys_shoprenter_id"}] * 2


@pytest.mark.parametrize(
    ("sign", "numbers"), [("=", ["30"]), ("<", ["7"]), (">=", ["30", "200"]), ("!=", ["7", "200"])]
)
def test_other_operators_are_taken_where_the_account_does(sign: str, numbers: list[str]) -> None:
    condition = [{"field": "mssys_shipping_cost", "operator": sign, "value": "30"}]
    desk = _three()
    assert desk.refused("POST", f"list/{ORDERS}/order/id/asc", condition) == (406, f"{sign} is no operator")
    knowing = Desk(operators=frozenset({sign}))
    knowing.office.order_list.records.update(desk.office.order_list.records)
    assert _numbers(knowing.post(f"list/{ORDERS}/order/id/asc", condition)) == numbers


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        [[]],
        [{"field": "subdate", "operator": ">"}],
        [{"field": "no_such", "operator": ">", "value": "1"}],
        [{"field": "id", "operator": ">", "value": "many"}],
        [{"field": 3, "operator": ">", "value": "1"}],
        [{"listFields": ["no_such"]}],
        [{"listFields": "id"}],
        [{"listFields": ["id"]}, {"listFields": ["email"]}],
    ],
)
def test_conditions_of_another_form_are_a_406(body: Any) -> None:
    assert Desk().refused("POST", f"list/{ORDERS}/order/id/asc", body)[0] == 406


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"list/{ORDERS}/order/no_such/asc", 406),
        (f"list/{ORDERS}/order/id/up", 406),
        (f"list/{ORDERS}/field/no_such/value/1", 406),
        (f"list/{ORDERS}/record/1", 404),
        ("list/1", 404),
    ],
)
def test_what_a_list_has_not_is_refused(path: str, status: int) -> None:
    assert Desk().refused("GET", path)[0] == status


def test_one_that_is_missing_may_be_an_empty_list() -> None:
    desk = Desk(missing_is_404=False)
    assert [desk.get(path) for path in (f"list/{ORDERS}/record/1", "getproduct/1", "listprodcategories/1")] == [[]] * 3
    assert desk.get(f"list/{ORDERS}/field/mssys_shoprenter_id/value/1") == []


def test_fields_are_listed_and_added() -> None:
    desk = Desk()
    assert {"email", "mssys_shoprenter_id"} <= set(desk.get(f"listfields/{ORDERS}"))
    assert "mssys_shoprenter_id" not in desk.get(f"listfields/{PEOPLE}")
    assert desk.get(f"listfields/{ORDERS}/extended")["mssys_pay_date"] == "date"
    size = {"field_name": "shirt", "field_type": "select", "field_label": "Size", "options": ["S", "M"]}
    assert desk.get(f"checkfieldexists/{PEOPLE}/shirt") == 0
    assert desk.post(f"addlistfield/{PEOPLE}", size) == 1
    assert desk.post(f"addlistfield/{PEOPLE}", size) == 0
    assert desk.get(f"checkfieldexists/{PEOPLE}/shirt") == 1
    assert desk.post(SUBSCRIBE, {"email": ADDRESS, "shirt": "M"}) > 0
    assert desk.person()["shirt"] == "M"
    assert desk.refused("POST", f"update/{PEOPLE}/form/{CHANGE}/email/{ADDRESS}", {"shirt": "XXL"})[0] == 404
    assert desk.refused("POST", f"update/{PEOPLE}/form/{CHANGE}/field/shirt/value/M", {"shirt": "XXL"})[0] == 406
    assert desk.refused("POST", f"addlistfield/{PEOPLE}", {"field_name": "a", "field_type": "select"})[0] == 406
    assert desk.refused("POST", f"addlistfield/{PEOPLE}", {"field_name": "a", "field_type": "money"})[0] == 406


# --- people --------------------------------------------------------------------------------------------------------


def test_a_new_address_is_subscribed_once_and_a_malformed_one_never() -> None:
    desk = Desk()
    made = desk.post(SUBSCRIBE, {"email": ADDRESS, "mssys_firstname": "Anna"})
    assert desk.get(f"list/{PEOPLE}/record/{made}")["active"] == "1"
    assert desk.post(SUBSCRIBE, {"email": ADDRESS, "mssys_firstname": "Other"}) == -1
    assert desk.post(SUBSCRIBE, {"email": "nobody"}) == -2
    assert desk.post(SUBSCRIBE, {"mssys_firstname": "Anna"}) == -2
    assert [person.values["mssys_firstname"] for person in desk.office.contacts] == ["Anna"]
    assert [event.detail for event in desk.office.events_of("email_sent")] == ["Welcome"]


def test_a_list_whose_key_is_not_the_address_has_it_many_times() -> None:
    desk = Desk()
    leads = desk.office.add_list("Leads", ListKind.NEWSLETTER)
    form = desk.office.add_form(leads, "Lead", FormKind.SIGNUP)
    for body in ({"email": ADDRESS}, {"email": ADDRESS}, {"mssys_phone": "+3612345678"}):
        assert desk.post(f"subscribe/{leads.id}/form/{form.id}", body) > 0
    assert desk.get(f"listtotalcount/{leads.id}") == 3


def test_a_captcha_lets_nobody_through() -> None:
    desk = Desk()
    form = desk.office.add_form(desk.office.newsletter, "With captcha", FormKind.SIGNUP, captcha=True)
    assert desk.post(f"subscribe/{PEOPLE}/form/{form.id}", {"email": ADDRESS}) == 0


def test_subscribing_may_say_when_it_was() -> None:
    desk = Desk()
    desk.post(SUBSCRIBE, {"email": ADDRESS, "subdate": "2020-01-01 10:00:00"})
    assert desk.person()["subdate"] == "2020-01-01 10:00:00"
    assert desk.refused("POST", SUBSCRIBE, {"email": "b@example.test", "subdate": "yesterday"})[0] == 406
    assert desk.refused("POST", SUBSCRIBE, {"email": "b@example.test", "active": 1})[0] == 406


def test_double_opt_in_waits_for_the_person() -> None:
    desk = Desk()
    desk.post(f"subscribe/{PEOPLE}/form/{DOUBLE}", {"email": ADDRESS})
    assert (desk.office.contact(ADDRESS).consent, desk.person()["active"]) == (Consent.WAITING, "0")
    assert desk.post(SUBSCRIBE, {"email": ADDRESS}) == -1
    desk.office.confirm(ADDRESS)
    assert (desk.office.contact(ADDRESS).consent, desk.person()["active"]) == (Consent.GIVEN, "1")
    assert [event.kind for event in desk.office.events] == ["double_optin", "double_optin_confirm"]
    with pytest.raises(ValueError, match="does not wait"):
        desk.office.confirm(ADDRESS)


def test_who_waits_may_be_shown_as_active() -> None:
    desk = Desk(unconfirmed_is_active=True)
    desk.post(f"subscribe/{PEOPLE}/form/{DOUBLE}", {"email": ADDRESS})
    assert desk.person()["active"] == "1"


@pytest.mark.parametrize("way", ["record/{}", f"email/{ADDRESS}", f"field/email/value/{ADDRESS}"])
def test_a_get_unsubscribes_and_the_record_stays(way: str) -> None:
    desk = Desk()
    made = desk.post(SUBSCRIBE, {"email": ADDRESS})
    path = f"unsubscribe/{PEOPLE}/{way.format(made)}"
    assert [desk.get(path), desk.get(path)] == [1, 0]
    assert desk.person()["active"] == "0"
    assert desk.post(SUBSCRIBE, {"email": ADDRESS}) == -1
    assert desk.office.contact(ADDRESS).consent is Consent.WITHDRAWN
    assert len(desk.office.events_of("unsubscribe")) == 1


@pytest.mark.parametrize("way", ["record/1", "email/no@example.test", "field/email/value/no@example.test"])
def test_nobody_is_unsubscribed_with_a_0(way: str) -> None:
    assert Desk().get(f"unsubscribe/{PEOPLE}/{way}") == 0


def test_a_person_signs_up_and_withdraws_without_any_call() -> None:
    desk = Desk()
    desk.office.sign_up(ADDRESS, mssys_firstname="Anna")
    assert desk.person()["mssys_firstname"] == "Anna"
    desk.office.unsubscribe(ADDRESS)
    assert (desk.person()["active"], desk.office.calls.total) == ("0", 2)


def test_a_change_leaves_consent_alone() -> None:
    desk = Desk()
    desk.office.sign_up(ADDRESS)
    desk.office.unsubscribe(ADDRESS)
    path = f"update/{PEOPLE}/form/{CHANGE}/field/email/value/{ADDRESS}"
    assert desk.done("PUT", path, {"mssys_lastname": "Minta"}) == 1
    assert desk.refused("PUT", path, {"active": "1"})[0] == 406
    row = desk.person()
    assert (row["mssys_lastname"], row["active"], row["lastupdate"]) == ("Minta", "0", "2026-03-01 11:00:00")


def test_a_record_is_deleted_once() -> None:
    desk = Desk()
    made = desk.post(SUBSCRIBE, {"email": ADDRESS})
    path = f"delete/{PEOPLE}/record/{made}"
    assert [desk.done("DELETE", path), desk.done("DELETE", path)] == [1, 0]
    assert desk.office.contacts == []


def test_actions_run_and_a_call_outside_is_only_put_down() -> None:
    desk = Desk()
    actions = (
        Action("external", url="https://hooks.example.test/new", body='{"id":"[id]","who":"[email]","no":"[nothing]"}'),
        Action("subscribe", nl_id=PEOPLE),
        Action("update", values={"mssys_crm_status": "customer"}),
    )
    form = desk.office.add_form(desk.office.order_list, "With Actions", FormKind.ORDER, actions=actions)
    made = desk.post(f"processWebshopOrder/{ORDERS}/ns_id/{form.id}", order())
    details = [event.detail for event in desk.office.events_of("action")]
    assert details == [
        f'external https://hooks.example.test/new {{"id":"{made}","who":"{ADDRESS}","no":""}}',
        f"subscribe {PEOPLE}",
        f"update {ORDERS}",
    ]
    assert desk.person()["active"] == "1"
    assert desk.order()["mssys_crm_status"] == "customer"


def test_actions_may_take_a_person_off_a_list() -> None:
    desk = Desk()
    desk.office.sign_up(ADDRESS)
    for number, kind in enumerate(("unsubscribe", "delete", "subscribe", "subscribe")):
        form = desk.office.add_form(desk.office.order_list, kind, FormKind.ORDER, actions=(Action(kind, nl_id=PEOPLE),))
        desk.post(f"processWebshopOrder/{ORDERS}/ns_id/{form.id}", order(str(number)))
        expected = {"unsubscribe": [Consent.WITHDRAWN], "delete": [], "subscribe": [Consent.GIVEN]}[kind]
        assert [person.consent for person in desk.office.contacts] == expected
