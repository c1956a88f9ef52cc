"""A creation that is answered 400, 404 or 422 made nothing, in every back office: it is refused, not in doubt.

In doubt it would wait, be searched for, and be sent once more as an order that may be there.
"""

from datetime import UTC, datetime

import pytest

from shopbridge.connectors.cloudsales.api import create, order_path
from shopbridge.connectors.cloudsales.outcomes import judge as judge_cloudsales
from shopbridge.connectors.innvoice.api import create as create_document
from shopbridge.connectors.innvoice.outcomes import judge as judge_innvoice
from shopbridge.connectors.registry import KEYS, connector_spec
from shopbridge.connectors.roapp.api import ORDERS
from shopbridge.connectors.roapp.api import post as post_to_roapp
from shopbridge.connectors.roapp.outcomes import judge as judge_roapp
from shopbridge.connectors.salesautopilot.api import create_order
from shopbridge.connectors.salesautopilot.outcomes import judge as judge_salesautopilot
from shopbridge.connectors.salespos.api import post
from shopbridge.connectors.salespos.outcomes import judge_with
from shopbridge.connectors.tryton.api import creation
from shopbridge.connectors.tryton.outcomes import judge as judge_tryton
from shopbridge.errors import Rejected
from shopbridge.http.answer import Answer, Call, Judge
from tests.contract.hostile import written

OFFICES: dict[str, tuple[Judge, Call, dict[str, object]]] = {
    "salespos": (
        judge_with(lambda: datetime(2026, 3, 1, 10, 0, tzinfo=UTC)),
        post("/orders/", {}),
        {"code": "{status}.10", "developermessage": "No such field"},
    ),
    "cloudsales": (
        judge_cloudsales,
        create(order_path(1, "10042"), {}),
        {"is_error": True, "messages": ["No such field"], "data": None},
    ),
    "innvoice": (
        judge_innvoice,
        create_document({}),
        {"response": {"error": "{status}", "message": "No such field"}},
    ),
    "roapp": (
        judge_roapp,
        post_to_roapp(ORDERS, {}),
        {"success": False, "code": 400, "message": {"validation": {"branch_id": ["No such field"]}}},
    ),
    "salesautopilot": (
        judge_salesautopilot,
        create_order(90001, 70002, {}),
        {"errorCode": 10101, "errorMessage": "No such field"},
    ),
    "tryton": (
        judge_tryton,
        creation("sale.sale", {}, {"company": 1}),
        {"id": 1, "error": ["UserError", ["No such field", "", None]]},
    ),
}
"""How each judges its answers, how it creates an order, and how it says no."""

BODIES = ["its own", "none", "other"]


def body_of(office: str, status: int, kind: str) -> bytes:
    plain: dict[str, dict[str, object]] = {"its own": OFFICES[office][2], "other": {"message": "No"}}
    return written(plain[kind], format_of(office)).replace(b"{status}", str(status).encode()) if kind in plain else b""


def format_of(office: str) -> str:
    return "xml" if "xml" in OFFICES[office][1].headers.get("Accept", "") else "json"


def test_every_back_office_is_asked() -> None:
    assert set(OFFICES) == {key for key in KEYS if "order_target" in connector_spec(key).provides}


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize("status", [400, 404, 422])
@pytest.mark.parametrize("office", OFFICES)
def test_a_refused_creation_is_rejected_with_its_status_and_what_to_do(office: str, status: int, kind: str) -> None:
    judge, call, _ = OFFICES[office]
    assert not call.repeatable
    headers = {"content-type": f"application/{format_of(office)}"} if kind != "none" else {}
    with pytest.raises(Rejected) as refused:
        judge(Answer(office, call, status, headers, body_of(office, status, kind)))
    assert type(refused.value) is Rejected
    assert refused.value.code.startswith(str(status))
    assert refused.value.fix
    assert kind != "its own" or "No such field" in refused.value.what
