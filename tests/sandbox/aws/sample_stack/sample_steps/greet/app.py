"""Answers with the event it got, or as its body says."""

import json
from typing import Any


def handler(event: dict[str, Any], _context: Any) -> Any:
    if event["pathParameters"]["name"] == "crash":
        raise LookupError("Nobody is called crash")
    if event["pathParameters"]["name"] == "exactly":
        return json.loads(event["body"])
    return {"statusCode": 202, "headers": {"X-Seen": "yes"}, "cookies": ["a=1", "b=2"], "body": json.dumps(event)}
