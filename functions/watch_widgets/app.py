"""Shows the widgets of the dashboard for viewers; there is nothing that it could do."""

from typing import Any

from shopbridge.desk.widgets import LOOKS, Widgets
from shopbridge.wiring import open_container

container = open_container()


def handler(event: Any, context: Any) -> Any:
    """``event`` is what CloudWatch sends a custom widget."""
    with container.invocation(context):
        return Widgets(container.bridge, LOOKS).answer(event, context)
