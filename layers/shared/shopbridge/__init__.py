"""Shopbridge: carries orders, customers, stock and products between a webshop and a back office.

While a function starts, Python looks for no garbage: what is imported stays as long as the container, and to look
through it again and again takes a tenth of the start. Once the container stands the search goes on, and spares what was
there before it. Anywhere but in Lambda nothing is changed: a program of somebody else's may want it otherwise.
"""

import gc
import os
from collections.abc import Mapping

__version__ = "0.1.0"


def begin_start(variables: Mapping[str, str] = os.environ) -> None:
    """Look for no garbage from now on."""
    if _is_lambda(variables):
        gc.disable()


def end_start(variables: Mapping[str, str] = os.environ) -> None:
    """Look for it again, among what is made from now on."""
    if _is_lambda(variables):
        gc.freeze()
        gc.enable()


def _is_lambda(variables: Mapping[str, str]) -> bool:
    return "AWS_LAMBDA_FUNCTION_NAME" in variables


begin_start()  # whatever else of us is imported comes after this
