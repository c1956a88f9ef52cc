"""Asks the operations function, wherever it runs, and understands its answer."""

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shopbridge_cli import clock
from shopbridge_cli.exits import KINDS, Exit

# boto3 takes most of the time to start, and much is answered without it: it is imported where AWS is asked.
if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError
    from mypy_boto3_lambda import LambdaClient

FUNCTION_VARIABLE = "SHOPBRIDGE_OPERATIONS_FUNCTION"
ARN_PARTS = 7
BUSY = ("TooManyRequestsException", "ThrottlingException")
"""Lambda's refusals of a call that it did not begin."""


class RefusedError(Exception):
    """What was asked for was not done.

    Args:
        problems: Sentences, each with what to do.
        kind: One of ``KINDS``, which says how the program ends.
    """

    def __init__(self, *problems: str, kind: str = "refused") -> None:
        super().__init__(" ".join(problems))
        self.problems = problems
        self.kind = kind

    @property
    def exit(self) -> Exit:
        """How the program ends; a kind that only a newer bridge knows is a refusal."""
        return KINDS.get(self.kind, Exit.REFUSED)


class Operations:
    """The operations function of one deployment, or of the sandbox.

    Args:
        function: Its ARN or name; else what ``SHOPBRIDGE_OPERATIONS_FUNCTION`` says.
        client: A Lambda client; else one for the region that the ARN, the environment or the profile names.
    """

    def __init__(self, function: str = "", client: "LambdaClient | None" = None) -> None:
        self._function = function or os.environ.get(FUNCTION_VARIABLE, "")
        self._client = client

    def ask(self, operation: str, **fields: Any) -> Any:
        """Carry out an operation of ``shopbridge.model.operations``; returns its result.

        Raises:
            RefusedError: It was refused, the function crashed, or it cannot be reached.
        """
        return _result_of(self._invoke({"operation": operation, **fields}))

    def _invoke(self, event: Mapping[str, Any]) -> tuple[bool, Any]:
        """Whether the function crashed, and what it answered."""
        if not self._function:
            raise RefusedError(
                "It is open which deployment to ask. Log in with `login --stack NAME`, give --function, or set "
                f"{FUNCTION_VARIABLE} to the stack's output OperationsFunction.",
                kind="login",
            )
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            client = self._client or _client(self._function)
            answer = client.invoke(FunctionName=self._function, Payload=json.dumps(event, default=str))
            clock.hear(answer)
            return "FunctionError" in answer, json.loads(answer["Payload"].read())
        except (BotoCoreError, ClientError) as error:
            raise _not_asked(error, self._function) from error
        except ValueError as error:
            # botocore's own for an address or a region that is none; json's for an answer that is none.
            why = f"AWS cannot be asked: {error}. Check region, addresses and function."
            raise RefusedError(why, kind="login") from error


def _client(function: str) -> "LambdaClient":
    """One for the function's own region: botocore reads no ``AWS_REGION``, which every other AWS SDK does."""
    import boto3
    from botocore.config import Config

    region = region_in(function) or os.environ.get("AWS_REGION")
    # The function ends after 120 s. A creation must not be sent twice because its answer was slow.
    patient_and_once = Config(read_timeout=130, connect_timeout=5, retries={"total_max_attempts": 1})
    return boto3.client("lambda", region_name=region or None, config=patient_and_once)


def region_in(function: str) -> str:
    """The region of an ARN such as ``arn:aws:lambda:eu-central-1:123456789012:function:name``; empty for a name."""
    parts = function.split(":")
    return parts[3] if parts[0] == "arn" and len(parts) >= ARN_PARTS else ""


def _result_of(answer: tuple[bool, Any]) -> Any:
    crashed, content = answer
    if crashed:
        raise RefusedError(_crash(content if isinstance(content, dict) else {}), kind="crashed")
    if not isinstance(content, dict) or "ok" not in content:
        other = "The answer is not one of the operations function. Check the function's name."
        raise RefusedError(other, kind="login")
    if not content["ok"]:
        raise RefusedError(*content["problems"], kind=content.get("kind", "refused"))
    return content["result"]


def _crash(content: Mapping[str, Any]) -> str:
    what = (
        ": ".join(str(content[key]) for key in ("errorType", "errorMessage") if content.get(key)) or "no reason given"
    )
    return (
        f"The operations function crashed ({what}). "
        "This is a fault of the bridge, not of your settings: its lines are in the activity log."
    )


def _not_asked(error: "BotoCoreError | ClientError", function: str) -> RefusedError:
    """Why AWS was not asked, or did not pass it on."""
    from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, NoRegionError

    match error:
        case EndpointConnectionError():
            nobody = f"Nobody answers at {_host(error)}. Is it running, and do address and region fit?"
            return RefusedError(nobody, kind="unreachable")
        case NoRegionError():
            return RefusedError(
                "It is open which AWS region to ask. Name the function by its ARN (the stack's output "
                "OperationsFunction), set AWS_REGION or AWS_DEFAULT_REGION, or choose a profile with AWS_PROFILE.",
                kind="login",
            )
        case NoCredentialsError():
            nothing = "There are no AWS credentials. Log in, or choose a profile with AWS_PROFILE."
            return RefusedError(nothing, kind="login")
        case ClientError() if error.response["Error"].get("Code") in BUSY:
            return RefusedError("AWS has too many calls at the moment: nothing was done. Ask again.", kind="later")
        case ClientError():
            return RefusedError(_refusal(error, function), kind="login")
        case _:
            return RefusedError(f"AWS cannot be reached: {error}", kind="unreachable")


def _refusal(error: "ClientError", function: str) -> str:
    code, message = str(error.response["Error"].get("Code", "")), error.response["Error"].get("Message", "")
    if code == "ResourceNotFoundException":
        return (
            f"There is no function {function!r} in this account and region. "
            "Take its ARN from the stack's output OperationsFunction."
        )
    # Where no AWS answers, but some web server, botocore takes the HTTP status for the code.
    if code.isdigit() and (not message or "<" in message):
        return "What answers is not AWS Lambda. Check AWS_ENDPOINT_URL_LAMBDA and AWS_ENDPOINT_URL."
    return f"AWS refuses the call: {message or error}"


def _host(error: "EndpointConnectionError") -> str:
    address = urlsplit(str(error.kwargs["endpoint_url"]))
    return f"{address.scheme}://{address.netloc}"
