"""Shows the widgets of the operator's dashboard, and does what is pressed there."""

from typing import Any

from shopbridge.desk.widgets import ACTS, Widgets
from shopbridge.wiring import open_container

container = open_container()


def handler(event: Any, context: Any) -> Any:
    """``event`` is what CloudWatch sends a custom widget, also when something in it was pressed."""
    with container.invocation(context):
        return Widgets(container.bridge, ACTS).answer(event, context)
