"""The deployment as AWS describes it. Reads only, and only what template.yaml lets the operations function read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import ClientError

from shopbridge.errors import NeedsAttention
from shopbridge.ports import Clock, LogLine, LogPage, QueueStanding, Subscriptions, TableStanding
from shopbridge.store.aws import Aws, speaking_to
from shopbridge.store.environment import Environment

COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")
PENDING = "PendingConfirmation"
"""What SNS says in place of an ARN until somebody clicked the link of its mail (SNS API reference, Subscription)."""
LATELY = timedelta(minutes=15)
PERIOD = 300
ENABLED = "ENABLED"
MOST_PAGES = 20
MOST_LINES = 1000
"""Of a page of the log; a line is a kilobyte at the most on average, and the answer of a function 6 MB."""


@dataclass(frozen=True)
class AwsStack:
    """Asks DynamoDB, SQS, EventBridge Scheduler, SNS, CloudWatch and CloudWatch Logs."""

    aws: Aws
    environment: Environment
    now: Clock

    def tables(self) -> Sequence[TableStanding]:
        """Return both tables."""
        return [self._table(name) for name in (self.environment.connections_table, self.environment.state_table)]

    def _table(self, name: str) -> TableStanding:
        with _asked("DynamoDB"):
            table = self.aws.dynamodb.describe_table(TableName=name)["Table"]
            backups = self.aws.dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        restored = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
        active = table["TableStatus"] in ("ACTIVE", "UPDATING")
        return TableStanding(name, active, table.get("DeletionProtectionEnabled", False), restored == ENABLED)

    def queues(self) -> Sequence[QueueStanding]:
        """Return the queues that feed functions."""
        known = self.environment
        urls = {
            "orders": known.order_queue_url,
            "backfill": known.backfill_queue_url,
            "polls": known.poll_queue_url,
            "stock": known.stock_queue_url,
            "products": known.product_queue_url,
        }
        oldest = self._oldest(urls)
        return [self._queue(name, url, oldest.get(name)) for name, url in urls.items()]

    def _queue(self, name: str, url: str, oldest: timedelta | None) -> QueueStanding:
        found = self._attributes(url, *COUNTS, "RedrivePolicy")
        waiting, taken, delayed = (int(found[count]) for count in COUNTS)
        dead = self._attributes(_dead_letters(url, found["RedrivePolicy"]), COUNTS[0])
        return QueueStanding(name, waiting, taken + delayed, int(dead[COUNTS[0]]), oldest)

    def _attributes(self, url: str, *names: str) -> Mapping[str, str]:
        with _asked("SQS"):
            answer: Any = self.aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(names))  # type: ignore[arg-type]
        found: Mapping[str, str] = answer["Attributes"]
        return found

    def _oldest(self, urls: Mapping[str, str]) -> Mapping[str, timedelta]:
        """SQS itself does not tell the age, CloudWatch does, if it measured one lately."""
        metrics = [_age(name, url) for name, url in urls.items()]
        with _asked("CloudWatch"):
            answer = self.aws.cloudwatch.get_metric_data(
                MetricDataQueries=metrics, StartTime=self.now() - LATELY, EndTime=self.now()
            )
        found = {each["Id"]: each["Values"] for each in answer["MetricDataResults"]}
        return {name: timedelta(seconds=values[0]) for name, values in found.items() if values}

    def schedules(self) -> Mapping[str, bool]:
        """Return the schedules that call our functions, by name, and whether each is enabled."""
        functions = self.environment.ticking_functions.split(",")
        found: dict[str, bool] = {}
        request: dict[str, Any] = {}
        for _ in range(MOST_PAGES):
            with _asked("EventBridge Scheduler"):
                page = self.aws.scheduler.list_schedules(**request)
            found |= {
                each["Name"]: each["State"] == ENABLED
                for each in page["Schedules"]
                if each["Target"]["Arn"].rpartition(":")[2] in functions
            }
            if not page.get("NextToken"):
                break
            request = {"NextToken": page["NextToken"]}
        return found

    def subscriptions(self) -> Subscriptions | None:
        """Return who is told; None where there is no topic."""
        topic = self.environment.notice_topic
        if not topic:
            return None
        with _asked("SNS"):
            found = self.aws.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        confirmed = tuple(each["Protocol"] for each in found if each["SubscriptionArn"] != PENDING)
        return Subscriptions(confirmed, tuple(each["Protocol"] for each in found if each["SubscriptionArn"] == PENDING))

    def log_days(self) -> int | None:
        """Return how many days the log of activity is kept; None for ever."""
        name = self._log_group
        with _asked("CloudWatch Logs"):
            groups = self.aws.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        if not groups:
            raise NeedsAttention(f"There is no log group {name}", where="CloudWatch Logs", fix="Deploy the stack anew.")
        days: int | None = groups[0].get("retentionInDays")
        return days

    def log_lines(self, pattern: str, since: datetime, after: str) -> LogPage:
        """Return a page of them: what CloudWatch Logs found of the times it looked through meanwhile."""
        request: dict[str, Any] = {"logGroupName": self._log_group, "startTime": int(since.timestamp() * 1000)}
        with _asked("CloudWatch Logs"):
            page = self.aws.logs.filter_log_events(
                **request, filterPattern=pattern, limit=MOST_LINES, **({"nextToken": after} if after else {})
            )
        return LogPage([_line(each) for each in page["events"]], page.get("nextToken", ""))

    @property
    def _log_group(self) -> str:
        return f"{self.environment.parameter_prefix}/activity"

    def clock(self) -> datetime:
        """Return the time by AWS, as DynamoDB says with its answer."""
        with _asked("DynamoDB"):
            answer = self.aws.dynamodb.describe_table(TableName=self.environment.state_table)
        return parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])


def _line(event: Any) -> LogLine:
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    return LogLine(event["eventId"], at, event["message"], event.get("logStreamName", ""))


def _dead_letters(url: str, policy: str) -> str:
    """The address of a queue's dead letters: beside it, and called as the end of the ARN."""
    return f"{url.rpartition('/')[0]}/{json.loads(policy)['deadLetterTargetArn'].rpartition(':')[2]}"


def _age(name: str, url: str) -> Any:
    dimension = {"Name": "QueueName", "Value": url.rpartition("/")[2]}
    metric = {"Namespace": "AWS/SQS", "MetricName": "ApproximateAgeOfOldestMessage", "Dimensions": [dimension]}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": PERIOD, "Stat": "Maximum"}}


@contextmanager
def _asked(service: str) -> Iterator[None]:
    """What AWS refuses here is told, and no bug: somebody may have taken a right or a resource away by hand."""
    try:
        with speaking_to(service):
            yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        fix = "Deploy template.yaml anew, which makes what is asked for and lets this function ask."
        raise NeedsAttention(f"AWS does not tell ({code})", where=service, fix=fix) from error
