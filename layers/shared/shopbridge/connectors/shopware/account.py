"""What a shop says of itself when a connection is verified, and whether the integration may do what orders take."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from shopbridge.connectors.kit.rows import read_rows
from shopbridge.connectors.shopware.api import AdminApi
from shopbridge.connectors.shopware.facts import TITLE, ShopFacts
from shopbridge.connectors.shopware.orders.changes import TABLES, OrderChanges
from shopbridge.connectors.shopware.orders.number_ranges import shared_numbers
from shopbridge.connectors.shopware.settings import ShopwareSettings
from shopbridge.connectors.shopware.versions import version_notes
from shopbridge.connectors.shopware.vocabulary import read_vocabulary
from shopbridge.connectors.shopware.wire import Named
from shopbridge.errors import NeedsAttention
from shopbridge.model.office import Identity, Vocabulary

_NAMED = TypeAdapter(list[Named])


@dataclass(frozen=True)
class ShopwareAccount:
    """One shop, as the integration meets it."""

    settings: ShopwareSettings
    api: AdminApi
    facts: ShopFacts

    def ping(self) -> Identity:
        """The shop's release and sales channels, after trying out every right that reading orders takes.

        Rights to write cannot be tried without writing; a missing one shows at the first write-back.

        Raises:
            NeedsAttention: Address, credentials or rights are wrong, or the shop lacks something the settings name.
        """
        about = self.api.about()
        channels = self._channels()
        self._check_choices()
        changes = OrderChanges(self.api, self.settings)
        for table in TABLES:
            changes.page(about.now, f"{table}:", 1)
        return Identity(
            name=", ".join(channels.values()),
            version=about.version,
            notes=version_notes(about.version),
            accounts=tuple(channels),
            shared_numbers=shared_numbers(self.api, channels),
        )

    def vocabulary(self) -> Vocabulary:
        """What maps and settings may name."""
        return read_vocabulary(self.api)

    def _check_choices(self) -> None:
        """Language, currency and category, as far as the settings name any."""
        chosen = self.settings
        if chosen.language:
            _ = self.facts.language
        if chosen.currency:
            _ = self.facts.currency
        if chosen.root_category and not self.api.search("category", {"ids": [chosen.root_category]}):
            raise NeedsAttention(
                f"The shop has no category {chosen.root_category}",
                where=TITLE,
                fix="Choose root_category among the shop's values for category.",
            )

    def _channels(self) -> dict[str, str]:
        """The sales channels whose orders are taken: their names by id. Ids are random, so no other shop has them."""
        listed = read_rows(_NAMED, list(self.api.listing("sales-channel")), TITLE, "sales channels")
        names = {row.id: row.title for row in listed}
        chosen = (*self.settings.sales_channels, *self.settings.visible_in)
        unknown = [channel for channel in chosen if channel not in names]
        if unknown:
            choice = "; ".join(f"{name} = {channel}" for channel, name in names.items())
            raise NeedsAttention(
                f"The shop has no sales channel {', '.join(unknown)}", where=TITLE, fix=f"Choose among: {choice}."
            )
        return {channel: names[channel] for channel in self.settings.sales_channels or names}
