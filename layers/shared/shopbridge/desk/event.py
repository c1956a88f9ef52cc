"""What CloudWatch sends a custom widget: what it is configured with or what was pressed, who looks at it, and its form.

Nothing in it says who the viewer is, and nothing in it may grant anything: whoever may invoke the function may send any
event.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

WidgetName = Literal["health", "work", "runs", "setup", "changes"]
MOST_FIELDS = 500
"""Named fields that are read of a form."""
OFFSET = re.compile(r"([+-])(0\d|1[0-4]):?([0-5]\d)")
TICKED = frozenset({"true", "on", "1", "yes"})
"""What a ticked box may send: nobody says which."""


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else "" if value is None else value


def _or_empty(value: Any) -> Any:
    return value if isinstance(value, dict) else {}


Text = Annotated[str, BeforeValidator(_as_text), Field(max_length=2_000)]
"""Numbers and switches are taken as their text; of anything else the request is refused."""
Filled = Annotated[str, BeforeValidator(_as_text), Field(max_length=50_000)]


class _EventPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TimeZone(_EventPart):
    """The viewer's zone. ``offsetISO`` is the one that says which way it counts."""

    offset: Text = Field(default="", alias="offsetISO")


class Forms(_EventPart):
    """Every named field of the widget."""

    filled: Annotated[dict[str, Filled], BeforeValidator(_or_empty), Field(max_length=MOST_FIELDS)] = Field(
        default_factory=dict, alias="all"
    )


class WidgetContext(_EventPart):
    """What the console says of the widget; the rest of it is not ours to know."""

    dashboard: Text = Field(default="", alias="dashboardName")
    timezone: Annotated[TimeZone, BeforeValidator(_or_empty)] = TimeZone()
    forms: Annotated[Forms, BeforeValidator(_or_empty)] = Forms()


class WidgetEvent(_EventPart):
    """What is to be shown, and what is to be done before that.

    Attributes:
        view: Which part of the widget; empty for its first.
        do: What was pressed; empty for looking only.
        name: Of a map, or of what else there are several.
        days: How far back orders are searched for; ``0`` for all of them.
        after: Where the page before ended.
        count: What a question before an action said.
        version: Of the settings that a form was made of, or to go back to.
        token: What was told with what a run would overwrite.
        also: What is to be shown beside it.
        path: Of a setting.
    """

    widget: WidgetName
    view: Text = ""
    do: Text = ""
    connection: Text = ""
    order: Text = ""
    code: Text = ""
    job: Text = ""
    name: Text = ""
    days: Text = ""
    after: Text = ""
    token: Text = ""
    also: Literal["", "trial", "words"] = ""
    path: Annotated[tuple[Text, ...], Field(max_length=10)] = ()
    count: int | None = None
    version: int | None = None
    to: int | None = None
    context: Annotated[WidgetContext, BeforeValidator(_or_empty)] = Field(
        default=WidgetContext(), alias="widgetContext"
    )

    def filled(self, name: str) -> str:
        """Return what stands in a field of the form; empty for one that is not there."""
        return self.context.forms.filled.get(name, "").strip()

    def ticked(self, name: str) -> bool:
        """Tell whether a box was ticked."""
        return self.filled(name).casefold() in TICKED

    @property
    def zone(self) -> tzinfo:
        """The viewer's; UTC where it is not told."""
        found = OFFSET.fullmatch(self.context.timezone.offset)
        if found is None:
            return UTC
        away = timedelta(hours=int(found[2]), minutes=int(found[3]))
        return timezone(-away if found[1] == "-" else away) if away else UTC


def moment(at: object, zone: tzinfo) -> str:
    """Return a time to the minute in this zone; what is no time as it is, and nothing for None."""
    if isinstance(at, datetime):
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
    return "" if at is None else str(at)
