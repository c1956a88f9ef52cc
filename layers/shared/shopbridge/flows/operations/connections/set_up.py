"""Setting a connection up, step by step: what forms ask for, one side tried, and all of it tried before it is stored.

Nothing here writes, on either side or into the stores.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from shopbridge.errors import BridgeError, NeedsAttention
from shopbridge.flows.bridge import Bridge, Job
from shopbridge.flows.failures import accounts_of
from shopbridge.flows.operations.connections.basics import (
    NotVerified,
    check_others,
    given,
    lets_the_app_register,
    plain,
    stored_secrets,
)
from shopbridge.flows.operations.connections.save import free_id
from shopbridge.flows.operations.connections.verify import plan, verify
from shopbridge.flows.operations.orders.preview import newest_in_shop, tried
from shopbridge.flows.orders.privacy import new_key
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection, ConnectionSettings, PlatformSettings
from shopbridge.model.form import form_of
from shopbridge.model.office import Identity, Vocabulary
from shopbridge.model.set_up_operations import FLOWS, DescribePlatforms, Rehearse, TrySide
from shopbridge.ports import Pingable

ENDS = ("id", "shop", "office")
"""Settings of a connection that its form leaves out: the id never changes, and both ends have forms of their own."""
ONCE_INSTALLED = "The shop's values are known once its app is installed: create the connection first."


def platforms(bridge: Bridge, _: DescribePlatforms) -> dict[str, Any]:
    """Return all that forms are built from.

    Returns:
        ``platforms``: each a ``PlatformForm``. ``connection``: the fields of its settings, without those of the two
        ends. ``flows``: what a connection may carry, and what that asks of each side (``PlatformFlow``).
    """
    fields = (field for field in form_of(ConnectionSettings) if field.key.partition(".")[0] not in ENDS)
    return {
        "platforms": [form.model_dump(mode="json") for form in bridge.platforms.forms()],
        "connection": [field.model_dump(mode="json") for field in fields],
        "flows": [flow.model_dump(mode="json") for flow in FLOWS],
    }


def try_side(bridge: Bridge, request: TrySide) -> dict[str, Any]:
    """Log in to a side with these settings and secrets, and ask what it calls things.

    Returns:
        ``problems``: what is wrong, each with a ``text``, and ``about`` which field it is (``settings.location``,
        ``secrets.login``), or ``secrets`` as a whole, or ``later`` where the platform is busy or away; empty where
        all is well. ``name``, ``notes``: what it says of itself. ``words``: by list, the keys with what it calls
        them; ``off``: of these the ones that orders which are off have. ``can``: its capabilities with these settings,
        and what single settings may ask of it (``document_number``, ``new_products``).
    """
    end = PlatformSettings(platform=request.platform, settings=request.settings)
    settings = ConnectionSettings(id=request.connection, name=request.connection, shop=end, office=end)
    secrets = _secrets(bridge, request)
    told: dict[str, Any] = {"problems": [], "name": "", "notes": [], "words": {}, "off": {}, "can": []}
    if misfits := bridge.platforms.check_settings(settings, request.side, secrets):
        return {**told, "problems": [_misfit(text, request.side) for text in misfits]}
    told["can"] = bridge.platforms.offers(settings, request.side)
    if request.side == "shop" and lets_the_app_register({"shop": secrets}):
        return {**told, "notes": [ONCE_INSTALLED]}
    try:
        account = bridge.platforms.trial(settings, request.side, secrets).account
        return {**told, **_asked(account)}
    except BridgeError as error:
        return {**told, "problems": [_refusal(error)]}


def _secrets(bridge: Bridge, request: TrySide) -> Mapping[str, str]:
    """Those that are given, beside those that are kept."""
    connection = ConnectionId(request.connection)
    known = bridge.connections.get(connection)
    kept = stored_secrets(bridge, connection)[request.side] if known else {}
    return {**kept, **{name: value for name, value in plain(request.secrets).items() if value}}


def _asked(account: Pingable) -> dict[str, Any]:
    """Who it is and its words; a setting that is still open does not keep it from telling what there is to choose."""
    problems: list[dict[str, str]] = []
    identity = Identity(name="", version="")
    try:
        identity = account.ping()
    except NeedsAttention as error:
        if not error.setting:
            raise
        problems.append(_refusal(error))
    words = account.vocabulary()
    return {
        "problems": problems,
        "name": f"{identity.name} {identity.version}".strip(),
        "notes": list(identity.notes),
        "words": {name: {choice.key: choice.title for choice in choices} for name, choices in words.items()},
        "off": _off(words),
    }


def _off(words: Vocabulary) -> dict[str, list[str]]:
    found = {name: [choice.key for choice in choices if choice.off] for name, choices in words.items()}
    return {name: keys for name, keys in found.items() if keys}


def _misfit(text: str, side: str) -> dict[str, str]:
    """A sentence about a field begins with its place, such as ``office.settings.location``."""
    place, _, said = text.partition(": ")
    for part, above in (("settings", f"{side}.settings"), ("secrets", f"secrets.{side}")):
        if place == above or place.startswith(f"{above}."):
            return {"about": f"{part}{place.removeprefix(above)}", "text": said}
    return {"about": "settings", "text": text}


def _refusal(error: BridgeError) -> dict[str, str]:
    if not isinstance(error, NeedsAttention):
        return {"about": "later", "text": str(error)}
    return {"about": f"settings.{error.setting}" if error.setting else "secrets", "text": str(error)}


def rehearse(bridge: Bridge, request: Rehearse) -> dict[str, Any]:
    """Verify settings and secrets as ``create`` does, and tell what it would do.

    Returns:
        ``remarks`` of verifying, but for who answered, which ``try_side`` told; ``plan`` as of a connection;
        ``orders``: the shop's newest, as a preview shows them. The last two are empty while the shop's app is awaited.

    Raises:
        Conflict: The id is taken, or another connection links the same two accounts.
        NotVerified: With every problem, those with other connections at last.
    """
    connection = ConnectionId(request.settings.id)
    free_id(bridge, connection)
    secrets = given(request.secrets)
    report = verify(bridge, request.settings, secrets, awaiting_app=lets_the_app_register(secrets))
    if report.problems:
        raise NotVerified(report)
    accounts = accounts_of(bridge, request.settings, report.accounts)
    check_others(bridge, request.settings, accounts, report, request.beside)
    remarks = [each for each in report.remarks if each not in report.introductions]
    told = {"id": connection, "remarks": remarks, "plan": {}, "orders": []}
    if report.shop is None or report.office is None:
        return told
    job = Job(bridge, _unsaved(bridge, request.settings), report.shop, report.office, planning=True)
    return {**told, "plan": plan(job), "orders": [*_shown(job, request.last)]}


def _shown(job: Job, last: int) -> Iterator[dict[str, Any]]:
    """The shop's newest orders; a shop that cannot be read now has told so in the plan."""
    with suppress(BridgeError):
        for order in newest_in_shop(job, last):
            yield tried(replace(job, planning=True), None, order, None)


def _unsaved(bridge: Bridge, settings: ConnectionSettings) -> Connection:
    now = bridge.clock()
    return Connection(
        settings=settings,
        version=0,
        status="paused",
        status_reason="",
        path_token_hash="",
        created_at=now,
        name_key=new_key(),
        bare_until=now,
    )
