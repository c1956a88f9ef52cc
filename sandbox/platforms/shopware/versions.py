"""What differs between the releases 6.4 to 6.7 (platform file, version table)."""

from dataclasses import dataclass

PAGE_LIMIT = 500


@dataclass(frozen=True)
class Version:
    """A Shopware release, such as 6.6.10.0."""

    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def parts(self) -> tuple[int, ...]:
        """The numbers of the release."""
        return tuple(int(part) for part in self.text.split("."))

    def at_least(self, release: str) -> bool:
        """Whether this is the given release or a later one."""
        return self.parts >= Version(release).parts

    @property
    def maximum_limit(self) -> int | None:
        """The largest page; none from 6.4.5 to 6.5."""
        unlimited = self.at_least("6.4.5") and not self.at_least("6.6")
        return None if unlimited else PAGE_LIMIT

    @property
    def page_needs_limit(self) -> bool:
        """Whether ``page`` without ``limit`` yields the first page again."""
        return not self.at_least("6.6")

    @property
    def loads_states_itself(self) -> bool:
        """Whether order, delivery and transaction states come along unasked."""
        return not self.at_least("6.6")

    @property
    def cancels_from_anywhere(self) -> bool:
        """Whether ``cancel`` is accepted from every state, even from cancelled."""
        return not self.at_least("6.7")

    @property
    def throttles_tokens(self) -> bool:
        """Whether failing token requests are slowed down."""
        return self.at_least("6.4.6")

    @property
    def stock_falls_when_placed(self) -> bool:
        """Whether an order takes its stock when placed, instead of when completed."""
        return self.at_least("6.6")

    @property
    def numbers_single_writes(self) -> bool:
        """Whether the pointers of a single write begin with ``/0``. [inferred]: since when is not known."""
        return self.at_least("6.5")

    @property
    def syncs_in_one_transaction(self) -> bool:
        """Whether a sync is always all or nothing, with the answer that belongs to that."""
        return self.at_least("6.5")

    @property
    def resolves_product_numbers(self) -> bool:
        """Whether a sync takes a product number in place of an id."""
        return self.at_least("6.5.2")

    @property
    def resolves_more(self) -> bool:
        """Whether a sync takes currency codes, tax rates and others in place of ids."""
        return self.at_least("6.7.11")

    @property
    def deletes_by_criteria(self) -> bool:
        """Whether a sync deletes what filters find."""
        return self.at_least("6.6")

    @property
    def signs_again_at_registration(self) -> bool:
        """Whether a repeated registration also proves the current shop secret."""
        return self.at_least("6.7.8.1")
