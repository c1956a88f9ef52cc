"""The calls to SalesPOS, whole lists of it, and the HMAC of calls and answers (vendor reference S2, SDK S1).

Lists have no modified-since filter (client S4). They are read by ascending id; each page begins with the last row of
the page before, so a row that was deleted in between shows, and the reader steps back. Reading on from the end later
finds the new ones.
"""

import hashlib
import hmac
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal, Self, TypeVar

from pydantic import TypeAdapter, ValidationError

from shopbridge.connectors.kit.paging import each_page, stands_still
from shopbridge.connectors.salespos.outcomes import is_gone
from shopbridge.connectors.salespos.wire import CREATED, CreatedRead, Identified, Item, Listed, Page
from shopbridge.connectors.salespos.wire_products import NAMED, NamedRecord
from shopbridge.errors import AlreadyDone, BridgeError, OutcomeUnknown, Rejected, RetryLater
from shopbridge.http.answer import Answer, Call
from shopbridge.http.bodies import LARGEST_RECEIPT
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.names import caseless
from shopbridge.model.base import Model
from shopbridge.ports import Clock

log = logging.getLogger(__name__)

API = "/api/rest/v1"
ACCEPT = {"Accept": "application/vnd.verto.webshop+json"}
"""[inferred] The SalesPOS flavour is only known to matter for till resources, which we do not use (SDK S1)."""
PAGE = 250
"""The most rows a page may have."""
SIZE = str(PAGE)
ONLY_ONCE = "A value may exist only once there: the message names it. Change it, then resend the order."
MOST_IDLE = 3
"""Pages in a row without news: after rows were deleted one may be, and the last one is."""

VerifyAnswers = Literal["refuse", "log"]
Sign = Callable[[Mapping[str, str], str, str, bytes], Mapping[str, str]]
Check = Callable[[Mapping[str, str], str, str, Mapping[str, str], bytes], None]
Swept = TypeVar("Swept", bound="Sweep")
Record = TypeVar("Record", bound=Identified)


def get(path: str, **params: str) -> Call:
    """Read; ``path`` is below the API's root."""
    return Call("GET", path, params=params, headers=ACCEPT)


def post(path: str, body: Mapping[str, Any]) -> Call:
    """Create: there is no idempotency key, so it is never repeated blindly."""
    return Call("POST", path, json=body, headers=ACCEPT, repeatable=False, largest=LARGEST_RECEIPT)


def patch(path: str, body: Mapping[str, Any]) -> Call:
    """Set fields; a second time changes nothing."""
    return Call("PATCH", path, json=body, headers=ACCEPT, largest=LARGEST_RECEIPT)


def delete(path: str) -> Call:
    """Remove; a second time finds nothing."""
    return Call("DELETE", path, headers=ACCEPT, largest=LARGEST_RECEIPT)


def in_language(call: Call, language: str) -> Call:
    """Return the same call for one language. The SDK says so on reads and changes, not on creations (S1)."""
    return replace(call, headers={**call.headers, "Accept-Language": language}) if language else call


def created(answer: Answer, shape: TypeAdapter[Item]) -> Item | None:
    """Return what a creation answers; None when it does not say: it sometimes is 204 without a body (SDK S1)."""
    try:
        return shape.validate_python(answer.json()) if answer.body else None
    except ValidationError:
        return None


def create(
    client: PlatformClient,
    path: str,
    body: Mapping[str, Any],
    shape: TypeAdapter[Item],
    *,
    where: str = "",
    fix: str = ONLY_ONCE,
) -> Item | None:
    """Create a record; None when the answer does not name it. Raises Rejected when it clashes with another one."""
    try:
        return created(client.send(post(path, body)), shape)
    except AlreadyDone as clash:
        raise Rejected(clash.what, code="500.40", where=where or clash.where, fix=fix) from clash


def send_change(client: PlatformClient, call: Call) -> None:
    """Make a change; what is so already counts as done."""
    with suppress(AlreadyDone):
        client.send(call)


def ensure(
    client: PlatformClient, find: Callable[[], int | None], creation: Call, what: str, *, looked: bool = False
) -> int:
    """Return the id of what is there, or was made now.

    A creation is sometimes answered without a body (SDK S1), or says that it is there already: then it is looked up.

    Args:
        looked: It was just found to be missing.

    Raises:
        OutcomeUnknown: It may be there, but does not show.
    """
    if not looked and (found := find()) is not None:
        return found
    record: CreatedRead | None = None
    with suppress(AlreadyDone):
        record = created(client.send(creation), CREATED)
    return named_or_found(record, find, what)


def named_or_found(made: CreatedRead | None, find: Callable[[], int | None], what: str) -> int:
    """Return the id that a creation named, or else the one that is found now.

    Args:
        what: What was created, such as ``the category Mugs``.

    Raises:
        OutcomeUnknown: It does not show, though SalesPOS says that it made it.
    """
    key = find() if made is None else made.id
    if key is None:
        raise OutcomeUnknown(f"SalesPOS created {what}, but does not list it", where="SalesPOS")
    return key


class NamedIds:
    """The ids of a list's records by name, the first of each; all are read again before there is said to be none."""

    def __init__(
        self, client: PlatformClient, path: str, read: Callable[[], Iterable[NamedRecord]] | None = None
    ) -> None:
        self._client = client
        self._path = path
        self._read = read or (lambda: all_pages(client, path, NAMED))
        self._ids: dict[str, int] = {}

    def ensure(self, name: str, body: Mapping[str, Any], what: str) -> int:
        """Return the one with this name; made with ``body`` where it is missing.

        Raises OutcomeUnknown as ``ensure`` does.
        """
        self._ids[caseless(name)] = made = ensure(self._client, lambda: self._find(name), post(self._path, body), what)
        return made

    def _find(self, name: str) -> int | None:
        if caseless(name) not in self._ids:
            self._ids = {caseless(one.name): one.id for one in reversed(list(self._read()))}
        return self._ids.get(caseless(name))


class Sweep(Model):
    """How far a list was read by ascending id.

    Attributes:
        start: The offset of the next page: of the last row that was read, to see that it is still there.
        last: The highest id so far; 0 before the first.
        idle: Pages in a row that brought nothing new.
    """

    start: int = 0
    last: int = 0
    idle: int = 0

    @classmethod
    def parse(cls, mark: str | None) -> Self:
        """Return the place a mark names; a mark that is none of ours starts over."""
        try:
            return cls.model_validate_json(mark or "{}")
        except ValidationError:
            return cls()

    def text(self) -> str:
        """Return the mark that names this place."""
        return self.model_dump_json()


def sweep_step(place: Swept, ids: Sequence[int], *, more: bool) -> Swept:
    """Return where a sweep goes on after a page with these ids.

    Rows before the page were deleted when it does not begin with the last row read: then one page back.

    Args:
        more: The page names a next one; the list's end may be read again and again, and brings nothing new each time.

    Raises:
        RetryLater: Several pages brought nothing new: an account that pays no attention to ``start`` has no end.
    """
    if place.start and (not ids or ids[0] > place.last):
        return place.model_copy(update={"start": max(0, place.start - PAGE)})
    last = max(place.last, *ids, 0)
    idle = place.idle + 1 if more and last == place.last else 0
    if idle > MOST_IDLE:
        raise stands_still("SalesPOS", "a list")
    return place.model_copy(update={"start": place.start + max(0, len(ids) - 1), "last": last, "idle": idle})


def new_records(place: Swept, page: Page[Record]) -> tuple[Sequence[Record], Swept]:
    """Return what a page of a list by ascending id brings that is new, and where to go on, be it at the end."""
    after = sweep_step(place, [record.id for record in page.items], more=page.next is not None)
    return [record for record in page.items if record.id > place.last and after.start >= place.start], after


def step(place: Sweep, page: Page[Record]) -> tuple[Sequence[Record], Sweep | None]:
    """Do as ``new_records``; None after the last page."""
    new, after = new_records(place, page)
    return new, after if page.next or after.start < place.start else None


def all_by_id(client: PlatformClient, path: str, shape: TypeAdapter[Page[Record]], **params: str) -> Iterator[Record]:
    """Yield every record of a list that can be ordered by id; none is missed when others leave the list meanwhile."""
    place: Sweep | None = Sweep()
    while place is not None:
        call = get(path, **params, orderby="id", start=str(place.start), size=SIZE)
        new, place = step(place, client.read(call, shape))
        yield from new


def all_pages(client: PlatformClient, path: str, shape: TypeAdapter[Page[Item]], language: str = "") -> Iterator[Item]:
    """Yield every record of a list that nobody changes meanwhile, in its own order.

    Raises:
        RetryLater: Also for a page that was read already.
    """

    def read(start: int) -> tuple[Sequence[Item], int | None]:
        page = client.read(in_language(get(path, start=str(start), size=SIZE), language), shape)
        return page.items, start + PAGE if page.next and page.items else None

    return (item for items, _ in each_page(read, 0, "SalesPOS", path) for item in items)


def members(
    client: PlatformClient, inline: Listed[Item] | None, path: str, shape: TypeAdapter[Page[Item]], language: str = ""
) -> Sequence[Item]:
    """Return a sub-collection as it came with its record; read where it is only linked, or cut off."""
    if inline is None:
        return ()
    if inline.items is not None and inline.next is None:
        return inline.items
    return tuple(all_pages(client, path, shape, language))


def read_if_there(client: PlatformClient, call: Call, shape: TypeAdapter[Item]) -> Item | None:
    """Read a record; None when it is gone."""
    try:
        return client.read(call, shape)
    except Rejected as error:
        if is_gone(error):
            return None
        raise


def signature(secrets: Mapping[str, str], method: str, target: str, body: bytes, date: str) -> str:
    """Return lower-case hex HMAC-SHA512 over public key, method, path with query, body and date, joined by ``|``."""
    parts = (secrets["public_key"].encode(), method.encode(), target.encode(), body, date.encode())
    return hmac.new(secrets["secret_key"].encode(), b"|".join(parts), hashlib.sha512).hexdigest()


def moment_text(moment: datetime) -> str:
    """Return a moment as SalesPOS reads it: ISO-8601, UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def signer(clock: Clock) -> Sign:
    """Make the three headers of a call, dated by ``clock``."""

    def sign(secrets: Mapping[str, str], method: str, target: str, body: bytes) -> Mapping[str, str]:
        date = moment_text(clock())
        return {
            "x-public": secrets["public_key"],
            "x-date": date,
            "x-hash": signature(secrets, method, target, body, date),
        }

    return sign


def checker(verify: VerifyAnswers) -> Check:
    """Check the answers' signatures; with ``log`` a wrong one is only written to the log.

    A wrong signature on a read is worth another try (RetryLater); a creation may have happened all the same
    (OutcomeUnknown). Only good answers are checked, as the vendor's own client does: whether refusals are signed
    is not known (SDK S1), and a page from a proxy is none of the platform's answers.
    """

    def check(secrets: Mapping[str, str], method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        is_page = bool(body) and "json" not in headers.get("content-type", "")
        if is_page or _is_signed(secrets, method, target, headers, body):
            return
        if verify == "refuse":
            raise _unproven(method, target)
        log.warning("SalesPOS answer without a valid signature: %s %s", method, target.partition("?")[0])

    return check


def _is_signed(secrets: Mapping[str, str], method: str, target: str, headers: Mapping[str, str], body: bytes) -> bool:
    expected = signature(secrets, method, target, body, headers.get("x-date", ""))
    return hmac.compare_digest(expected.encode(), headers.get("x-hash", "").encode())


def _unproven(method: str, target: str) -> BridgeError:
    what, where = "The answer's signature is wrong", f"SalesPOS, {method} {target.partition('?')[0]}"
    fix = "If it lasts, something between us changes answers: look for a proxy, or set verify_answers to log."
    if method == "POST":
        return OutcomeUnknown(what, where=where, fix=fix)
    return RetryLater(what, after=60, where=where, fix=fix)
