"""An order as a read shows it (platform file, "Order object").

[inferred]: what ``delivery`` holds beside its name, what ``invoice`` and ``carrier`` hold, that ``discounts`` read as
they are created, and that ``billing`` has the address parts of ``shipping``.
"""

from typing import Any

from sandbox.platforms.gomag.orders.totals import total
from sandbox.platforms.gomag.specs import Address, Buyer
from sandbox.platforms.gomag.state import Order, OrderLine, Shop
from sandbox.platforms.gomag.wire import Record, Turn, short

GIVEN_ON = "carrier"


def order_view(shop: Shop, order: Order) -> Record:
    """One order."""
    turn, spec = shop.turn("order", order.id), order.spec
    status = shop.statuses[order.status]
    return {
        "id": turn.scalar(order.id),
        "number": _number(order.number, turn),
        "date": turn.date(order.placed),
        "status": status.name,
        "statusId": turn.scalar(status.id),
        "total": turn.money(total(shop, order)),
        "currency": spec.currency,
        "source": spec.source,
        "sales_channel": spec.sales_channel,
        "sales_agent": spec.sales_agent,
        "payment": {"name": spec.payment},
        "delivery": {"name": spec.shipping_name, "price": turn.money(spec.shipping)},
        "carrier": _carrier(order),
        "invoice": order.invoice or [],
        "discounts": _discounts(shop, order, turn),
        "billing": {**_person(spec.buyer), **_address(spec.billing), **_company(spec.buyer, turn)},
        "shipping": {
            **_person(spec.buyer),
            **_address(spec.delivery or spec.billing),
            "company": spec.shipping_company,
        },
        "items": turn.rows([_line(shop, line, turn) for line in order.lines]),
    }


def _number(number: str, turn: Turn) -> Any:
    return turn.scalar(int(number)) if number.isdecimal() and not number.startswith("0") else number


def _person(buyer: Buyer) -> Record:
    return {
        "firstname": buyer.first_name,
        "lastname": buyer.last_name,
        "email": buyer.email,
        "phone": buyer.phone,
    }


def _address(address: Address) -> Record:
    return {
        "country": address.country,
        "region": address.region,
        "city": address.city,
        "address": address.street,
        "zipcode": address.zipcode,
    }


def _company(buyer: Buyer, turn: Turn) -> Record:
    """A firm is an object; of a person it is missing, empty or no object."""
    if buyer.company:
        return {"company": {"name": buyer.company.name, "code": buyer.company.code}}
    nobody: tuple[Record, ...] = (
        {},
        {"company": []},
        {"company": ""},
        {"company": {"name": "", "code": ""}},
        {"company": None},
    )
    return turn.pick(*nobody)


def _discounts(shop: Shop, order: Order, turn: Turn) -> Any:
    sign = -1 if shop.assumed.discounts_below_zero else 1
    rows = [
        {"name": each.name, "voucher": each.voucher, "value": turn.money(sign * each.value)}
        for each in order.spec.discounts
    ]
    return Turn(turn.at + 1).rows(rows)


def _carrier(order: Order) -> Any:
    newest = next(reversed(order.awbs.values()), None)
    return newest[GIVEN_ON] if newest else []


def _line(shop: Shop, line: OrderLine, turn: Turn) -> Record:
    """A line; ``ean`` and ``product`` only for goods, ``type`` only where there is one."""
    named = shop.assumed.lines_name_product
    return {
        "id": turn.scalar(line.id if named else line.product),
        **({"product": turn.scalar(line.parent)} if named and line.parent else {}),
        "sku": line.sku,
        "name": line.name,
        "price": turn.money(line.price),
        "vat": turn.scalar(short(line.vat)),
        "quantity": turn.scalar(short(line.quantity)),
        **({"ean": line.ean} if line.ean else {}),
        **({"type": line.type} if line.type else {}),
    }
