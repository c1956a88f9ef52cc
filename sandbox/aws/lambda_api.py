"""Lambda's Invoke API, so that a boto3 client reaches the real handlers."""

import json
from collections.abc import Callable
from datetime import datetime

from flask import Flask, Response, request

from sandbox.aws.functions import Functions


def lambda_api(functions: Functions, clock: Callable[[], datetime]) -> Flask:
    """A WSGI app that knows the one operation; its answers tell the time by this clock."""
    app = Flask(__name__)

    @app.after_request
    def tell_time(response: Response) -> Response:
        response.date = clock()
        return response

    @app.post("/2015-03-31/functions/<path:name>/invocations")
    def invoke(name: str) -> Response:
        if name not in functions:
            return _not_found(name)
        kind = request.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if kind == "DryRun":
            return Response(status=204)
        return _answer(functions, name, json.loads(request.get_data() or b"null"), kind)

    return app


def _answer(functions: Functions, name: str, event: object, kind: str) -> Response:
    outcome = functions[name].run(event)
    if kind == "Event":
        return Response(status=202)
    headers = {"X-Amz-Executed-Version": "$LATEST"}
    if outcome.crash:
        headers["X-Amz-Function-Error"] = "Unhandled"
        return _json(outcome.crash.payload(), headers=headers)
    return _json(outcome.result, headers=headers)


def _not_found(name: str) -> Response:
    headers = {"x-amzn-ErrorType": "ResourceNotFoundException"}
    return _json({"Type": "User", "Message": f"Function not found: {name}"}, status=404, headers=headers)


def _json(value: object, *, status: int = 200, headers: dict[str, str]) -> Response:
    return Response(json.dumps(value), status, headers, mimetype="application/json")
