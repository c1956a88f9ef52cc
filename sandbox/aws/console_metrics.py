"""What a metric widget would show now: figures of the activity log, of queues, and of the functions' crashes.

The newest value of each; CloudWatch alone knows what was before, and all other metrics.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.aws.embedded import EmbeddedAws

SEARCHED = re.compile(r"SEARCH\('\{(?P<namespace>[^,}]+),(?P<dimension>\w+)\} MetricName=\"(?P<name>\w+)\"'")
QUEUES, VISIBLE = "AWS/SQS", "ApproximateNumberOfMessagesVisible"
FUNCTIONS, ERRORS = "AWS/Lambda", "Errors"


@dataclass(frozen=True)
class Metric:
    """One line of a widget.

    Attributes:
        dimensions: Names with their values.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    label: str


def metrics_of(rows: Sequence[Sequence[Any]]) -> Iterator[Metric]:
    """The metrics that rows of a body name; ``...`` and ``.`` stand for what the row before says. Searches are none."""
    before: list[str] = []
    for row in rows:
        words = [each for each in row if isinstance(each, str)]
        if not words:
            continue
        if words[0] == "...":
            words = [*before[: len(before) - len(words) + 1], *words[1:]]
        words = [before[at] if word == "." else word for at, word in enumerate(words)]
        told = row[-1] if isinstance(row[-1], Mapping) else {}
        dimensions = dict(zip(words[2::2], words[3::2], strict=True))
        yield Metric(words[0], words[1], dimensions, str(told.get("label", words[1])))
        before = words


def values(aws: EmbeddedAws, properties: Mapping[str, Any]) -> dict[str, float]:
    """By label, what is known of the widget's metrics; those of which nothing is known are left out."""
    rows = properties.get("metrics", ())
    found = {each.label: _value(aws, each) for each in metrics_of(rows)}
    for row in rows:
        for told in (each for each in row if isinstance(each, Mapping)):
            if searched := SEARCHED.search(str(told.get("expression", ""))):
                found |= _by_dimension(aws, **searched.groupdict())
    return {label: value for label, value in found.items() if value is not None}


def _value(aws: EmbeddedAws, metric: Metric) -> float | None:
    if (metric.namespace, metric.name) == (QUEUES, VISIBLE):
        depths = {aws.stack.names[name].rpartition("/")[2]: depth for name, depth in aws.queue_depths().items()}
        depth = depths.get(metric.dimensions["QueueName"])
        return depth and float(depth.visible)
    if (metric.namespace, metric.name) == (FUNCTIONS, ERRORS):
        named = (aws.stack.names[crash.function] for crash in aws.crashes)
        return float(sum(name == metric.dimensions["FunctionName"] for name in named))
    told = [each for each in _told(aws, metric.namespace, metric.name) if _has(each, metric.dimensions)]
    return float(told[-1][metric.name]) if told else None


def _has(line: Mapping[str, Any], dimensions: Mapping[str, str]) -> bool:
    named = {name for each in line["_aws"]["CloudWatchMetrics"] for group in each["Dimensions"] for name in group}
    return named == dimensions.keys() and all(line.get(name) == value for name, value in dimensions.items())


def _by_dimension(aws: EmbeddedAws, namespace: str, dimension: str, name: str) -> dict[str, float | None]:
    lines = (each for each in _told(aws, namespace, name) if dimension in _dimensions(each))
    return {str(line[dimension]): float(line[name]) for line in lines}


def _dimensions(line: Mapping[str, Any]) -> list[str]:
    return [name for each in line["_aws"]["CloudWatchMetrics"] for group in each["Dimensions"] for name in group]


def _told(aws: EmbeddedAws, namespace: str, name: str) -> list[dict[str, Any]]:
    """Lines in the embedded metric format that make this metric, the oldest first."""
    lines = (line for line in aws.activity.events() if "_aws" in line and name in line)
    return [
        line
        for line in lines
        if any(
            each["Namespace"] == namespace and name in {metric["Name"] for metric in each["Metrics"]}
            for each in line["_aws"]["CloudWatchMetrics"]
        )
    ]
