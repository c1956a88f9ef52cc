"""Says what it was given."""

import os
from typing import Any

URL = os.environ["SAMPLE_URL"]


def handler(event: Any, context: Any) -> Any:
    if event == "crash":
        raise ValueError("no such thing")
    return {
        "event": event,
        "greeting": os.environ["SAMPLE_GREETING"],
        "url": URL,
        "sandbox": os.environ["SHOPBRIDGE_SANDBOX"],
        "function": context.function_name,
        "memory": context.memory_limit_in_mb,
        "left": context.get_remaining_time_in_millis(),
    }
