"""Asks for one side of a connection and lets the bridge try it at once; only what is wrong is asked again."""

from collections.abc import Mapping, Sequence
from typing import Any

from shopbridge_cli.wizard import questions
from shopbridge_cli.wizard.connect_answers import SIDES, Answers
from shopbridge_cli.wizard.connect_fields import ask_secrets, ask_settings, ask_way

Record = Mapping[str, Any]
LATER, SECRETS = "later", "secrets"
TRY, CREDENTIALS, SETTINGS = "try again", "credentials", "address and settings"


def choose_platforms(answers: Answers) -> None:
    """Ask which shop and which back office, and what the connection is called."""
    questions.head("Which systems")
    for side, title in SIDES.items():
        known = {form["key"]: form["title"] for form in answers.forms["platforms"] if side in form["sides"]}
        present = answers.settings.get(side, {}).get("platform", "")
        chosen = questions.one(title, known, default=present)
        if chosen != present:
            answers.settings[side] = {"platform": chosen, "settings": {}}
    name = f"{answers.title('shop')} to {answers.title('office')}"
    answers.settings["name"] = questions.text("Name, for people", default=answers.settings.get("name") or name)


def ask_side(answers: Answers, side: str) -> None:
    """Ask for a side's settings and credentials until the bridge gets in; those that are answered only for credentials.

    The bridge keeps no secret that is not stored with a connection, so these are asked whenever they are not known.
    """
    form, settings = answers.platform(side), answers.settings[side]["settings"]
    questions.head(f"{SIDES[side]}: {form['title']}")
    asked = [field for field in form["settings"] if field["asked"]]
    if side not in answers.done:
        ask_settings([field for field in asked if not field["words"]], settings, {})
    if answers.stored is None or questions.yes("New credentials?", default=False):
        _credentials(answers, side)
    told = _until_in(answers, side, listed={field["key"] for field in asked if field["words"]})
    if side not in answers.done:
        listed = [field for field in asked if told["words"].get(field["words"])]
        if listed:
            ask_settings(listed, settings, told["words"])
        told = _until_in(answers, side, listed=set()) if listed or told["problems"] else told
        answers.done.append(side)
    _learn(answers, side, told)


def ask_more(answers: Answers, side: str) -> None:
    """Ask for all settings of a side, then try it."""
    form, settings = answers.platform(side), answers.settings[side]["settings"]
    questions.head(f"{SIDES[side]}: {form['title']}")
    ask_settings(form["settings"], settings, answers.words.get(side, {}))
    if questions.yes("New credentials?", default=False):
        _credentials(answers, side)
    _learn(answers, side, _until_in(answers, side, listed=set()))


def _learn(answers: Answers, side: str, told: Record) -> None:
    answers.words[side], answers.off[side], answers.can[side] = told["words"], told["off"], told["can"]
    if told["name"]:
        questions.say(f"{answers.title(side)} lets us in: {told['name']}.", style="green")
    for note in told["notes"]:
        questions.say(note, indent=2)


def _credentials(answers: Answers, side: str) -> None:
    """All of them, by one of the ways in."""
    fields, given = answers.platform(side)["secrets"], answers.secrets.setdefault(side, {})
    way = ask_way(fields)
    of_way = [field for field in fields if field["way"] in ("", way)]
    for key in {*given} - {field["key"] for field in of_way}:
        given.pop(key)
    ask_secrets(of_way, given, kept=answers.stored is not None)


def _credentials_again(answers: Answers, side: str, only: Sequence[str] = ()) -> None:
    """Those that were given, or only these of them."""
    fields, given = answers.platform(side)["secrets"], answers.secrets.setdefault(side, {})
    wanted = only or tuple(given) or tuple(field["key"] for field in fields)
    ask_secrets([field for field in fields if field["key"] in wanted], given)


def _until_in(answers: Answers, side: str, *, listed: set[str]) -> Record:
    """Try until it lets us in, and everything fits but what is chosen from its lists later (``listed``)."""
    refused = 0
    while True:
        questions.say(f"Logging in to {answers.title(side)} …", style="dim")
        told: Record = answers.desk.operations.ask(
            "try_side",
            connection=answers.id,
            side=side,
            platform=answers.settings[side]["platform"],
            settings=answers.settings[side]["settings"],
            secrets=answers.secrets.get(side, {}),
        )
        problems = [each for each in told["problems"] if _key(each, "settings") not in listed]
        if not problems:
            return told
        refused += 1
        for problem in problems:
            questions.complain(_named(answers, side, problem))
        _mend(answers, side, problems, told, again=refused > 1)


def _mend(answers: Answers, side: str, problems: Sequence[Record], told: Record, *, again: bool) -> None:
    """Ask again for what is wrong alone; where that is not known, for credentials first, then for what to change."""
    fields = {field["key"]: field for field in answers.platform(side)["settings"]}
    wrong = [fields[key] for each in problems if (key := _key(each, "settings")) in fields]
    secrets = [key for each in problems if (key := _key(each, "secrets"))]
    if wrong or secrets:
        ask_settings(wrong, answers.settings[side]["settings"], told["words"])
        if secrets:
            _credentials_again(answers, side, only=secrets)
        return
    if any(each["about"] == SECRETS for each in problems) and not again:
        _credentials_again(answers, side)
        return
    _choose_what(answers, side, first=TRY if problems[0]["about"] == LATER else CREDENTIALS)


def _choose_what(answers: Answers, side: str, *, first: str) -> None:
    form = answers.platform(side)
    what = questions.one("What now", {each: each for each in (TRY, CREDENTIALS, SETTINGS)}, default=first)
    if what == CREDENTIALS:
        _credentials(answers, side)
    elif what == SETTINGS:
        asked = [field for field in form["settings"] if field["asked"] and not field["words"]]
        ask_settings(asked, answers.settings[side]["settings"], {})


def _named(answers: Answers, side: str, problem: Record) -> str:
    """What is wrong, with the label of the field where it is one."""
    form = answers.platform(side)
    titles = {f"{part}.{field['key']}": field["title"] for part in ("settings", "secrets") for field in form[part]}
    title = titles.get(problem["about"])
    return f"{title}: {problem['text']}" if title else str(problem["text"])


def _key(problem: Record, part: str) -> str:
    """Which field of settings or secrets it is about; empty for none."""
    above, _, key = str(problem["about"]).partition(".")
    return key.partition(".")[0] if above == part else ""
