"""Prints a CloudFormation template of the tables alone: what a stack takes over the tables of an earlier one with.

An import takes no resource but those that are imported, so the whole template is deployed after it.
"""

import json
import sys
from pathlib import Path
from typing import Any

from sandbox.aws.template import read_template

TEMPLATE = Path(__file__).parents[1] / "template.yaml"


def tables_template(template: Path = TEMPLATE) -> dict[str, Any]:
    """The tables as in the whole template, by the same logical names."""
    tables = dict(read_template(template, {}).of_type("AWS::DynamoDB::Table"))
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": tables}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(tables_template(), indent=2) + "\n")
