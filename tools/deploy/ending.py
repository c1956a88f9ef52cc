"""What is said when the stack stands: addresses, what to copy into a shell, and what comes next."""

from collections.abc import Iterator, Mapping

from tools.deploy.answers import Answers

FUNCTION = "OperationsFunction"
SHOWN: Mapping[str, str] = {
    "PublicUrl": "Webhooks below",
    "WebhookDomainTarget": "CNAME of that name",
    "WatchDashboardLink": "To look at",
    "DeskDashboardLink": "To work at",
    "WatchViewersPolicy": "Policy to look",
    "DeskOperatorsPolicy": "Policy to work",
}
"""Outputs of template.yaml that a person wants to see, each in words."""


def ending(answers: Answers, outputs: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines."""
    yield ""
    yield from (f"{words:<20}{outputs[key]}" for key, words in SHOWN.items() if key in outputs)
    yield ""
    yield "For a shell that speaks with this deployment:"
    yield f"  export AWS_REGION={answers.region}"
    yield f"  export SHOPBRIDGE_OPERATIONS_FUNCTION={outputs[FUNCTION]}"
    yield ""
    if answers.email:
        yield f"AWS sends a mail to {answers.email}: alarms arrive only once its link was clicked."
    else:
        yield "Nobody is told when an alarm rings: `make deploy` asks for an address again."


def next_steps(profile: str) -> Iterator[str]:
    """Yield what to do after the doctor."""
    chosen = "" if profile == "default" else f"SHOPBRIDGE_PROFILE={profile} "
    yield ""
    yield f"Next: {chosen}shopbridge connect"
