"""Moving an order's state forward, never back and never twice (platform file, "Order states and transitions")."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import Field, TypeAdapter

from shopbridge.connectors.shopware.api import WireOffer, strict
from shopbridge.connectors.shopware.facts import TITLE, ShopFacts
from shopbridge.connectors.shopware.outcomes import GONE
from shopbridge.connectors.shopware.wire import Map, WireId, WirePrice
from shopbridge.errors import OutcomeUnknown, Rejected, RetryLater
from shopbridge.model.base import OrderId
from shopbridge.model.progress import Shipment

ROUTE: Final = ("open", "in_progress", "completed")
"""Shopware's own way of an order, in order; each state is one transition from the one before."""

MOST_STEPS = 4
"""More steps than any sensible machine needs: a shop's own machine must not lead us in a circle."""


class _WithFields(WireId):
    custom_fields: Map = Field(default_factory=dict)


class _Delivery(WireId):
    shipping_costs: WirePrice
    tracking_codes: list[str] | None = None


class _WithDeliveries(WireId):
    primary_order_delivery_id: str | None = None
    deliveries: list[_Delivery]

    def main(self) -> _Delivery | None:
        """The one that goods travel with: the order's primary, or the dearest; a discount is one of negative cost."""
        primary = (each for each in self.deliveries if each.id == self.primary_order_delivery_id)
        dearest = max(self.deliveries, key=lambda each: each.shipping_costs.unit_price, default=None)
        return next(primary, dearest)


_WITH_DELIVERIES = strict("order", TypeAdapter(list[_WithDeliveries]), "deliveries")
_WITH_FIELDS = strict("order", TypeAdapter(list[_WithFields]), "custom fields")


@dataclass(frozen=True)
class Stay:
    """Nothing to send, and why, for the order's story."""

    why: str


@dataclass(frozen=True)
class ShopwareOrderStatus:
    """Tells a shop what became of its orders."""

    facts: ShopFacts

    def set_status(self, order: OrderId, status: str) -> str:
        """Send the transitions that lead to ``status``, each after asking what the shop offers right now.

        Asking costs one call a step and makes us fit shops with states of their own; the answer also tells the
        present state, so no other read is needed.

        Raises:
            Rejected: The order is gone, or there is no way to the status.
        """
        done: list[str] = []
        for _ in range(MOST_STEPS):
            step = next_step(self.facts.api.offers(order), status)
            if isinstance(step, Stay):
                return _told(done, step.why)
            self._send(order, step)
            done.append(step.to_state_name)
            if step.to_state_name == status:
                return _told(done, "")
        raise Rejected(
            f"After {MOST_STEPS} transitions the order is still not {status}",
            code="no_way_to_status",
            where=f"{TITLE} order {order}",
            fix="Look at what moves its state in Shopware, such as a plugin or a flow, and set the state by hand.",
        )

    def set_document(self, order: OrderId, field: str, number: str) -> str:
        """Write the number into a custom field unless it is there: an idle PATCH still moves ``updatedAt`` (C12).

        Raises:
            Rejected: The order is gone.
        """
        rows = self.facts.api.search(_WITH_FIELDS, {"ids": [order]})
        if not rows:
            raise _gone(order)
        if rows[0].custom_fields.get(field) == number:
            return f"The shop's field {field} holds {number} already."
        # Custom fields are merged by their names.
        self.facts.api.patch("order", order, {"customFields": {field: number}})
        return f"The shop's field {field} was set to {number}."

    def set_shipments(self, order: OrderId, shipments: Sequence[Shipment]) -> str:
        """Add the tracking codes to the order's main delivery; those that are there stay, whoever wrote them.

        Raises:
            Rejected: The order is gone, or has no delivery.
        """
        codes = list(dict.fromkeys(each.code for each in shipments))
        if not codes:
            return "There is no shipment to tell the shop of."
        delivery = self._delivery(order)
        there = delivery.tracking_codes or []
        if set(codes) <= set(there):
            return f"The shop's order has the shipments {', '.join(codes)} already."
        self.facts.api.patch("order-delivery", delivery.id, {"trackingCodes": list(dict.fromkeys((*there, *codes)))})
        return f"The shipments {', '.join(codes)} were written into the shop's order."

    def _delivery(self, order: OrderId) -> _Delivery:
        rows = self.facts.api.search(_WITH_DELIVERIES, {"ids": [order], "associations": {"deliveries": {}}})
        if not rows:
            raise _gone(order)
        delivery = rows[0].main()
        if delivery is None:
            raise Rejected(
                "The order has no delivery that could have a tracking code",
                code="no_delivery",
                where=f"{TITLE} order {order}",
                fix="Note the code on the order by hand, if the buyer is to see it.",
            )
        return delivery

    def _send(self, order: OrderId, step: WireOffer) -> None:
        """Before 6.7 a second ``cancel`` counts as another one, so it is repeated only after asking anew (C8, C10)."""
        repeatable = step.to_state_name != "cancelled" or self.facts.features.strict_cancel
        mails = self.facts.settings.send_mails
        where = f"{TITLE} order {order}"
        try:
            state = self.facts.api.transition(order, step.action_name, send_mail=mails, repeatable=repeatable)
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=30, where=where) from error
        if state != step.to_state_name:
            raise RetryLater(f"The order became {state} instead of {step.to_state_name}", after=5, where=where)


def _gone(order: OrderId) -> Rejected:
    return Rejected(
        "The order is not in the shop any more",
        code=GONE,
        where=f"{TITLE} order {order}",
        fix="If it was deleted there on purpose, nothing is left to be told to the shop.",
    )


def next_step(offers: Sequence[WireOffer], target: str) -> WireOffer | Stay:
    """Return the next transition towards ``target``, from what the shop offers in the order's present state.

    Only an order that is open or in progress is moved: ``completed`` and ``cancelled`` are ends, and whether a
    state of the shop's own comes before or after the target is not ours to guess.

    Raises:
        Rejected: The shop offers no way to the target.
    """
    if not offers:
        return Stay("was left as it is: it allows no change")
    current = offers[0].from_state_name
    if stay := _reason_to_stay(current, target):
        return Stay(stay)
    wanted = [target, *_on_the_way(current, target)]
    step = next((offer for name in wanted for offer in offers if offer.to_state_name == name), None)
    if step is None:
        raise _no_way(offers, target)
    return step


def _reason_to_stay(current: str, target: str) -> str:
    if current == target:
        return f"is {target} already"
    if current not in ROUTE:
        return f"was left as it is: {current} is not a state we move an order from"
    if current == ROUTE[-1] or (target in ROUTE and ROUTE.index(target) < ROUTE.index(current)):
        return f"was left as it is: {current} is beyond {target}"
    return ""


def _on_the_way(current: str, target: str) -> Sequence[str]:
    """The states between, farthest first; only the standard route is known beforehand."""
    if target not in ROUTE:
        return ()
    return ROUTE[ROUTE.index(current) + 1 : ROUTE.index(target)][::-1]


def _no_way(offers: Sequence[WireOffer], target: str) -> Rejected:
    possible = ", ".join(sorted({offer.to_state_name for offer in offers}))
    return Rejected(
        f"An order that is {offers[0].from_state_name} cannot become {target!r}",
        code="no_way_to_status",
        where="Shopware order state",
        fix=f"Possible now: {possible}. Choose one of these to write back, or change the state in Shopware.",
    )


def _told(done: Sequence[str], why: str) -> str:
    """The steps taken and why it ended, for the order's story."""
    steps = f"was set to {', then '.join(done)}" if done else ""
    return f"The shop's order status {' and '.join(filter(None, (steps, why)))}."
