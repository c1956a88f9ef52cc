"""What people are told, through an SNS topic: whoever subscribes to it gets it, by e-mail, chat or otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from shopbridge.errors import NeedsAttention
from shopbridge.mapping.names import plain_ascii
from shopbridge.ports import Clock, Notice
from shopbridge.store.aws import Aws, speaking_to
from shopbridge.store.items import Item, forget_after, key, moment
from shopbridge.store.table import Table

SERVICE = "SNS"
KEPT = timedelta(days=90)
"""How long it is known that something was told."""
LONGEST_SUBJECT = 99
"""SNS takes ASCII of less than 100 characters, without line breaks (SNS API reference, Publish)."""
NOT_TOLD: Mapping[str, str] = {
    "NotFound": "Deploy the stack anew: the topic AlarmTopic was removed by hand.",
    "AuthorizationError": "Let the function publish to the topic AlarmTopic, as template.yaml does.",
    "AccessDeniedException": "Let the function publish to the topic AlarmTopic, as template.yaml does.",
}
"""What to do where SNS refuses: what is told about has happened all the same, so it must not fail for that."""


@dataclass(frozen=True)
class SnsNotices:
    """Publishes to one topic; a ``NOTICE#…`` record of the state table says what was told."""

    aws: Aws
    table: Table
    topic: str
    clock: Clock

    def tell(self, notice: Notice) -> bool:
        """Send it, unless it was sent; False then, and where there is no topic."""
        if not self.topic:
            return False
        place = key(notice.connection, f"NOTICE#{notice.once}")
        if self.table.get(place) is not None:
            return False
        self._publish(notice)
        self._note(place)
        return True

    def _publish(self, notice: Notice) -> None:
        message: dict[str, Any] = {"Subject": subject_of(notice.subject), "Message": notice.text}
        try:
            with speaking_to(SERVICE):
                self.aws.sns.publish(TopicArn=self.topic, **message)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in NOT_TOLD:
                raise
            raise NeedsAttention(
                f"SNS does not take the message ({code})", where=SERVICE, fix=NOT_TOLD[code]
            ) from error

    def _note(self, place: Item) -> None:
        now = self.clock()
        self.table.put({**place, "told_at": moment(now), "forget_at": forget_after(now, KEPT)})


def subject_of(words: str) -> str:
    """Return a subject that SNS takes: letters without their marks, one line, not too long."""
    bare = plain_ascii(words)
    return bare if len(bare) <= LONGEST_SUBJECT else f"{bare[: LONGEST_SUBJECT - 3]}..."
