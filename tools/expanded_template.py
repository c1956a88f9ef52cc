"""Prints template.yaml as CloudFormation gets it, expanded by SAM's own translator: linters look at that, too."""

import json
import sys
from pathlib import Path

from sandbox.aws.template import read_template

if __name__ == "__main__":
    body = read_template(Path(__file__).parents[1] / "template.yaml", {}).body
    sys.stdout.write(json.dumps(body, indent=1) + "\n")
