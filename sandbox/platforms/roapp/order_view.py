"""An order, and its lines, as v2 shows them (L4)."""

from decimal import Decimal

from sandbox.platforms.roapp.contacts import digits
from sandbox.platforms.roapp.state import Account, Contact, Item, Order, Product
from sandbox.platforms.roapp.wire import Record, money, plain, stamp, stamp_or_none

_TEXTS = ("malfunction", "manager_notes", "engineer_notes", "resume", "estimated_price")
_IDS = ("manager_id", "assignee_id", "ad_campaign_id")
_TIMES = ("scheduled_for", "scheduled_to", "due_date")


def order_view(account: Account, order: Order) -> Record:
    """The order without its lines, which have an address of their own."""
    values, status = order.values, account.statuses[order.status]
    order_type = account.order_types[values["order_type_id"]]
    return {
        "id": order.id,
        "number": order.number,
        "status": {"id": status.id, "name": status.name, "color": status.color},
        "status_overdue": False,
        "created_at": stamp(order.created),
        "created_by_id": order.created_by,
        "modified_at": stamp(order.modified),
        "done_at": stamp_or_none(order.done),
        "closed_at": stamp_or_none(order.closed),
        "closed_by_id": order.closed_by,
        "branch_id": values["branch_id"],
        "order_type": {"id": order_type.id, "name": order_type.name},
        **{name: values.get(name) for name in (*_IDS, *_TIMES)},
        "asset": None,
        "client": client_view(account.contacts[order.client]),
        "payer": None,
        "resource": None,
        **{name: values.get(name, "") for name in _TEXTS},
        "address": "",
        "overdue": False,
        "discount_sum": plain(sum((item.off for item in order.items), Decimal(0))),
        "payed": money(order.paid),
        "warranty_date": None,
        "urgent": values.get("urgent", False),
        "custom_fields": {
            f"f{field}": values.get("custom_fields", {}).get(f"f{field}") for field in account.custom_fields
        },
        "is_deduction_required": any(item.written_off < item.quantity for item in order.items),
        "total": money(order.total),
    }


def client_view(contact: Contact) -> Record:
    """A contact inside an order: phones are bare digits, an e-mail that is missing an empty text (L4)."""
    return {
        "id": contact.id,
        "is_organization": contact.organization,
        "name": contact.name,
        "first_name": contact.values.get("first_name", ""),
        "last_name": contact.values.get("last_name", ""),
        "email": contact.values.get("email", ""),
        "phone": [digits(phone) for phone in contact.phones],
        "address": contact.values.get("address", ""),
        "discount_code": contact.values.get("discount_code", ""),
        "custom_fields": contact.values.get("custom_fields", {}),
    }


def item_view(account: Account, item: Item) -> Record:
    """A line; its warranty has ``unit`` where a call wrote ``periodUnits`` (M1, L4)."""
    quantity = plain(item.quantity)
    return {
        "id": item.id,
        "created_at": stamp(item.created),
        "assignee_id": item.assignee,
        "quantity": str(quantity) if account.assumed.quantities_are_text else quantity,
        "price": money(item.price),
        "cost": money(item.cost),
        "margin_id": None,
        "is_deduction_required": item.written_off < item.quantity,
        "entity": _entity(account.article(item.product)),
        "comment": item.comment,
        "write_offs": [_write_off(item)] if item.written_off else None,
        "is_refunded": False,
        "discount": item.discount,
        "warranty": {"period": item.warranty["period"], "unit": item.warranty["periodUnits"]},
        "taxes": [{"id": tax, "name": account.taxes[tax][0], "rate": account.taxes[tax][1]} for tax in item.taxes],
        "expiration_date": None,
    }


def _entity(product: Product) -> Record:
    return {
        "id": product.id,
        "type": product.kind,
        "code": product.code,
        "sku": product.sku,
        "sn_accounting": product.serial,
        "title": product.title,
        "description": product.description,
        "image": None,
        "thumbnail": None,
        "uom": {"id": 1, "title": "pcs", "description": "Pieces"},
        "is_hidden": product.hidden,
    }


def _write_off(item: Item) -> Record:
    return {
        "cost": money(item.cost),
        "cellId": None,
        "goodId": item.product,
        "quantity": str(plain(item.written_off)),
        "sernum_id": None,
        "sernum_code": None,
        "warehouseId": item.warehouse,
        "repairOrderProductId": item.id,
    }
