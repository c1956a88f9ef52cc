"""Resources with no rules beyond their fields: packages and payment methods; and how any plain record looks."""

from dataclasses import dataclass
from functools import partial

from sandbox.platforms.kit.fields import Shape
from sandbox.platforms.salespos.paging import page
from sandbox.platforms.salespos.routing import (
    DONE,
    PAGING,
    Answer,
    Call,
    Endpoint,
    Routes,
    created,
    existing,
    found,
)
from sandbox.platforms.salespos.shapes import NAME
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import Record


@dataclass(frozen=True)
class Plain:
    """One such resource."""

    name: str
    post: Shape | None = None
    patch: Shape | None = None


RESOURCES = (Plain("packages", NAME, NAME), Plain("paymethods"))


def view(root: str, resource: str, record: Record) -> Record:
    """A record as a read shows it."""
    return {"href": f"{root}/{resource}/{record['id']}/", **record}


def add(shop: Shop, resource: str, body: Record) -> Record:
    """Make a record."""
    record = {"id": shop.new_id(resource), **body}
    shop.table(resource)[record["id"]] = record
    return record


def _list(resource: Plain, shop: Shop, call: Call) -> Answer:
    records = list(shop.table(resource.name).values())
    return page(call, f"/{resource.name}/", records, partial(view, call.root, resource.name))


def _show(resource: Plain, shop: Shop, call: Call) -> Answer:
    return found(view(call.root, resource.name, existing(shop.table(resource.name), call, resource.name)))


def _post(resource: Plain, shop: Shop, call: Call) -> Answer:
    record = add(shop, resource.name, call.body)
    shop.emit(f"{resource.name}.created", resource.name, record["id"])
    return created(view(call.root, resource.name, record))


def _patch(resource: Plain, shop: Shop, call: Call) -> Answer:
    existing(shop.table(resource.name), call, resource.name).update(call.body)
    shop.emit(f"{resource.name}.updated", resource.name, call.id)
    return DONE


def _routes(resource: Plain) -> Routes:
    many = {"GET": Endpoint(partial(_list, resource), PAGING)}
    one = {"GET": Endpoint(partial(_show, resource))}
    if resource.post is not None:
        many["POST"] = Endpoint(partial(_post, resource), shape=resource.post)
    if resource.patch is not None:
        one["PATCH"] = Endpoint(partial(_patch, resource), shape=resource.patch)
    return {f"/{resource.name}": many, f"/{resource.name}/{{id}}": one}


ROUTES: Routes = {pattern: methods for resource in RESOURCES for pattern, methods in _routes(resource).items()}
