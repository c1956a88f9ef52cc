"""What SalesAutopilot says about the account: its order list and the forms, told when the connection is verified."""

from collections.abc import Iterable, Iterator, Mapping

from shopbridge.connectors.salesautopilot.api import (
    NUMBER,
    ORDER_FORMS,
    TITLE,
    UPDATE_FORMS,
    forms,
    order_lists,
    search,
)
from shopbridge.connectors.salesautopilot.settings import SalesAutopilotSettings
from shopbridge.connectors.salesautopilot.wire import FORMS, LISTS, ORDERS
from shopbridge.errors import NeedsAttention, Rejected
from shopbridge.http.client import PlatformClient
from shopbridge.model.office import Choice, Identity, Vocabulary

PROBE = "0"
"""An order that nobody has."""


class SalesAutopilotAccount:
    """Asks who we are, by the account's lists and forms."""

    def __init__(self, settings: SalesAutopilotSettings, client: PlatformClient) -> None:
        self._settings = settings
        self._client = client

    def ping(self) -> Identity:
        """Read the order lists, the list's order forms, its update forms where one is set, and look for an order.

        Raises:
            NeedsAttention: SalesAutopilot does not let us in, or a list, a form or a field is not there.
        """
        chosen = self._settings
        lists = {row.nl_id: row.list_name for row in self._client.read(order_lists(), LISTS)}
        _must_have(lists, [chosen.order_list], "eCommerce list", "order_list")
        _must_have(self._forms(ORDER_FORMS), chosen.order_forms, "order form", "order_form, consent_form")
        if chosen.update_forms:
            _must_have(self._forms(UPDATE_FORMS), chosen.update_forms, "update form", "status_form, paid_form")
        self._must_find_orders()
        name = lists[chosen.order_list] or str(chosen.order_list)
        return Identity(
            name=f"{TITLE}, list {name}",
            version="classic API",
            accounts=(chosen.place,),
            notes=tuple(_notes(chosen)),
        )

    def vocabulary(self) -> Vocabulary:
        """Return what the maps may name: any text is a status or a method, any percentage a tax."""
        currency = self._settings.currency
        return {
            "status": (),
            "payment": (),
            "shipping": (),
            "tax": (),
            "currency": (Choice(key=currency, title=currency),),
        }

    def _forms(self, kind: int) -> Mapping[int, str]:
        rows = self._client.read(forms(self._settings.order_list, kind), FORMS)
        return {row.ns_id: row.form_name for row in rows}

    def _must_find_orders(self) -> None:
        try:
            self._client.read(search(self._settings.order_list, PROBE), ORDERS)
        except Rejected as error:
            raise NeedsAttention(
                f"The list {self._settings.order_list} cannot be searched by {NUMBER}: {error.what}",
                where=error.where,
                setting="order_list",
                fix="Choose an eCommerce list that takes orders of a webshop: it has this field.",
            ) from error


def _must_have(known: Mapping[int, str], wanted: Iterable[int], what: str, setting: str) -> None:
    missing = [each for each in wanted if each not in known]
    if not missing:
        return
    named = ", ".join(f"{key} ({title})" if title else str(key) for key, title in known.items()) or "none"
    raise NeedsAttention(
        f"{TITLE} has no {what} {missing[0]} there; it has {named}",
        where=f"{TITLE}, {setting}",
        setting=setting,
        fix=f"Set {setting} to the ids of these, or make a new {what} in SalesAutopilot.",
    )


def _notes(settings: SalesAutopilotSettings) -> Iterator[str]:
    """What the forms do, and which changes nobody is told of."""
    yield (
        "Actions, timed letters and invoicing run with each form: look at every form that is set here before the first "
        "order, and before older orders are brought over."
    )
    untold = [
        what for what, form in (("status", settings.status_form), ("payment", settings.paid_form)) if form is None
    ]
    if untold:
        yield f"SalesAutopilot is not told when an order's {' or '.join(untold)} changes: no form is set for it."
    if settings.paid_form is not None and not settings.paid_at_import:
        yield "Of orders that are paid when they are imported the payment is not told (paid_at_import is off)."
