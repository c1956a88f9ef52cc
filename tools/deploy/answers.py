"""What a deployment is called, where it is and who is told of trouble: asked once, kept in a file that git ignores."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

KEPT = Path(__file__).parents[2] / "deployments.json"
ENVIRONMENTS = ("dev", "staging", "prod")
"""As in samconfig.toml."""
STACK, REGION, EMAIL = (
    re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}"),
    re.compile(r"[a-z]{2}(-[a-z]+)+-\d"),
    re.compile(r"([^@\s]+@[^@\s]+\.[^@\s]+)?"),
)
"""CloudFormation's form of names, shorter since roles and functions get theirs from it; AWS's regions; an address."""
Ask = Callable[[str, str], str]
"""Asks a person: the question, and what an empty answer means."""


class AnswerError(Exception):
    """What was answered cannot be meant; the message says what can."""


@dataclass(frozen=True)
class Answers:
    """One deployment.

    Attributes:
        email: Who is told when an alarm rings; empty for nobody.
        account: The AWS account it went to last; empty before.
        parameters: Further parameters of template.yaml, which nobody asks for: edit the file.
    """

    stack: str = ""
    region: str = ""
    email: str = ""
    account: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


def read(environment: str, file: Path = KEPT) -> Answers:
    """Return what is kept of an environment; nothing of a new one.

    Raises:
        AnswerError: The file cannot be read.
    """
    try:
        return Answers(**_all(file).get(environment, {}))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise AnswerError(f"{file.name} cannot be read: {error}. Mend it, or remove it and answer anew.") from error


def keep(environment: str, answers: Answers, file: Path = KEPT) -> None:
    """Write them down; other environments stay as they are."""
    text = json.dumps({**_all(file), environment: asdict(answers)}, indent=2)
    file.write_text(f"{text}\n", encoding="utf-8")


def _all(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def ask(environment: str, kept: Answers, given: Mapping[str, str], region: str, question: Ask) -> Answers:
    """Ask what is neither given nor kept yet, and whether what is kept still holds.

    Args:
        given: What stands in the command already, by field; it is not asked for.
        region: The one that AWS's own settings name.

    Raises:
        AnswerError: An answer is no such thing.
    """
    name = "shopbridge" if environment == "prod" else f"shopbridge-{environment}"
    questions = {
        "stack": ("Name of the stack", kept.stack or name),
        "region": ("Region of AWS", kept.region or region or "eu-central-1"),
        "email": ("Who is told when an alarm rings (e-mail, - for nobody)", kept.email),
    }
    found = {field: given.get(field) or question(*asked) for field, asked in questions.items()}
    email = "" if found["email"] == "-" else found["email"]
    return checked(replace(kept, stack=found["stack"], region=found["region"], email=email))


def checked(answers: Answers) -> Answers:
    """Return them. Raises AnswerError where one cannot be meant."""
    wrong = {
        "stack": (STACK, answers.stack, "letters, digits and dashes, a letter first, 40 at most"),
        "region": (REGION, answers.region, "as AWS writes it, such as eu-central-1"),
        "email": (EMAIL, answers.email, "one address, or - for nobody"),
    }
    for name, (pattern, value, form) in wrong.items():
        if not pattern.fullmatch(value):
            raise AnswerError(f"{value!r} is no {name}: {form}.")
    return answers
