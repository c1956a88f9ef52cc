"""What a hook carries. Nobody has published it [inferred]: an order as ``orders/get`` tells it, or its number."""

from sandbox.platforms.cartum.orders.view import order_view
from sandbox.platforms.cartum.state import Event, Order, Shop, User
from sandbox.platforms.cartum.wire import Record, time_text


def announce_order(shop: Shop, name: str, order: Order) -> None:
    """Something happened to an order; the event keeps it as it is at this moment."""
    told = shop.assumed.hook_body == "order"
    body = order_view(shop, order) if told else {"order_id": order.id}
    shop.events.append(Event(name, body, shop.now()))


def announce_user(shop: Shop, name: str, user: User) -> None:
    """Somebody registered, or changed."""
    shop.events.append(Event(name, user_view(user), shop.now()))


def user_view(user: User) -> Record:
    """A user as exports show him."""
    places = {name: user.more.get(name, "") for name in ("country", "city", "address")}
    return {
        "id": user.id,
        "title": user.title,
        "email": user.email,
        "phone": user.phone,
        **places,
        "registered": time_text(user.registered),
    }
