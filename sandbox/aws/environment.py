"""The environment handlers find in a Lambda container, set in this process for a while."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sandbox.aws.moto import HANDLERS, REGION

FOREIGN = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_DYNAMODB")
"""Settings of the person at this machine that would lead a handler elsewhere."""


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set the variables in the block; afterwards all is as before."""
    before = {name: os.environ.pop(name, None) for name in {*FOREIGN, *variables}}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def endpoints(moto_url: str, lambda_url: str) -> dict[str, str]:
    """What points boto3 at the embedded AWS, and away from the real one and from this person's settings."""
    return {
        "AWS_ENDPOINT_URL": moto_url,
        "AWS_ENDPOINT_URL_LAMBDA": lambda_url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": HANDLERS,
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SHOPBRIDGE_SANDBOX": "1",
    }
