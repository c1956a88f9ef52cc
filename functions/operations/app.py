"""What an operator asks for, through the command line or the console's test button."""

from typing import Any

from pydantic_core import to_jsonable_python

from shopbridge.flows.operations.dispatch import operate
from shopbridge.wiring import open_container

container = open_container()


def handler(event: Any, context: Any) -> Any:
    """``event`` is one of the requests in ``shopbridge.model.operations``."""
    with container.invocation(context):
        return to_jsonable_python(operate(container.bridge, event))
