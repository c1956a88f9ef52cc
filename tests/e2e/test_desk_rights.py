"""The widgets' functions under the roles of the template: enough for all that can be pressed, and no more."""

import io
from pathlib import Path
from typing import Any

from rich.console import Console

from sandbox.demo.run import Choice
from sandbox.demo.screen import Screen
from sandbox.demo.trial import trial
from shopbridge.desk.widgets import VIEWS
from tests.integration.worlds.desk_pages import WidgetPage

SPEED = 20.0


def test_the_role_of_the_desk_is_enough_and_that_of_the_watch_for_looking(tmp_path: Path) -> None:
    choice = Choice(("shopware-salespos",), None, SPEED, tmp_path)
    with trial(choice, Screen(Console(file=io.StringIO(), width=200)), empty=False) as world:

        def desk(event: dict[str, Any], **typed: str) -> WidgetPage:
            return WidgetPage(world.aws.invoke("DeskWidgets", {**event, "widgetContext": {"forms": {"all": typed}}}))

        for widget in VIEWS:
            for function in ("WatchWidgets", "DeskWidgets"):
                assert "sb-note-bad" not in world.aws.invoke(function, {"widget": widget}).partition("</style>")[2]
        connection = desk({"widget": "setup"}).named("Pause").sends["connection"]
        of = {"connection": connection}
        edit = desk({"widget": "setup", "view": "edit", "path": ["orders", "poll_minutes"], **of})
        assert "Saved as version" in desk(edit.named("Save").sends, value="10").text
        payments = desk({"widget": "setup", "view": "map", "name": "payment", **of})
        assert "In the shop" in desk(payments.named("What do both sides call their values?").sends).text
        history = desk({"widget": "setup", "view": "history", **of})
        back = [each for each in history.pressables if each.words == "Bring back"][-1]
        assert "Saved as version" in desk(back.sends).text
        assert "is paused" in desk(desk({"widget": "setup", **of}).named("Pause").sends).text
        assert "goes on" in desk(desk({"widget": "setup", **of}).named("Resume").sends).text
        runs = desk({"widget": "runs", **of})
        assert "asked for orders now" in desk(runs.named("Look for orders now").sends).text
        for press in ("Start orders", "Start stock"):
            assert "sb-note-bad" not in desk(runs.named(press).sends).page.partition("</style>")[2]
        assert "has no order 404" in desk({"widget": "work", "view": "why", "order": "404", **of}).text
        refused = world.aws.invoke("WatchWidgets", {"widget": "setup", "do": "pause", **of})
        assert "This dashboard only shows" in refused
