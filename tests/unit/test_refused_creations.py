"""A creation that is answered 400, 404 or 422 made nothing, in every back office: it is refused, not in doubt.

In doubt it would wait, be searched for, and be sent once more as an order that may be there.
"""

import json
from datetime import UTC, datetime

import pytest

from shopbridge.connectors.cloudsales.api import create, order_path
from shopbridge.connectors.cloudsales.outcomes import judge as judge_cloudsales
from shopbridge.connectors.registry import KEYS, connector_spec
from shopbridge.connectors.salespos.api import post
from shopbridge.connectors.salespos.outcomes import judge_with
from shopbridge.errors import Rejected
from shopbridge.http.answer import Answer, Call, Judge

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
}
"""How each judges its answers, how it creates an order, and how it says no."""

BODIES = ["its own", "none", "json"]


def body_of(office: str, status: int, kind: str) -> bytes:
    own = json.dumps(OFFICES[office][2]).replace("{status}", str(status))
    return {"its own": own, "none": "", "json": '{"message": "No"}'}[kind].encode()


def test_every_back_office_is_asked() -> None:
    assert set(OFFICES) == {key for key in KEYS if "order_target" in connector_spec(key).provides}


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize("status", [400, 404, 422])
@pytest.mark.parametrize("office", OFFICES)
def test_a_refused_creation_is_rejected_with_its_status_and_what_to_do(office: str, status: int, kind: str) -> None:
    judge, call, _ = OFFICES[office]
    assert not call.repeatable
    headers = {"content-type": "application/json"} if kind != "none" else {}
    with pytest.raises(Rejected) as refused:
        judge(Answer(office, call, status, headers, body_of(office, status, kind)))
    assert type(refused.value) is Rejected
    assert refused.value.code.startswith(str(status))
    assert refused.value.fix
    assert kind != "its own" or "No such field" in refused.value.what
