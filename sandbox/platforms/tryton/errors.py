"""Refusals as Tryton words them: errors within an answer of 200, and pages for what never reaches a method."""

from dataclasses import dataclass

from sandbox.platforms.kit.wsgi import Reply

HTML = {"content-type": "text/html; charset=utf-8"}


class TrytonError(Exception):
    """An error that travels within an answer: a class with its arguments."""

    def __init__(self, name: str, *args: str | None) -> None:
        super().__init__(name, *args)
        self.told = [name, list(args)]


class UncaughtError(Exception):
    """An error that Tryton did not expect: a text and a traceback, empty where none is shown."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.told = [text, ""]


@dataclass(frozen=True)
class PageError(Exception):
    """An error that is a page of its own."""

    status: int
    text: str = ""

    def reply(self) -> Reply:
        """As the server sends it; an ended session is told without a page."""
        if self.status == 401 and not self.text:  # noqa: PLR2004 - HTTP
            headers = {"www-authenticate": 'Basic realm="Tryton"', "content-type": "text/plain; charset=utf-8"}
            return Reply(401, b"", headers)
        page = f"<!doctype html>\n<html lang=en>\n<title>{self.status}</title>\n<p>{self.text}</p>\n"
        return Reply(self.status, page.encode(), HTML)


def user_error(message: str) -> TrytonError:
    """A rule of the program says no."""
    return TrytonError("UserError", message, "", None)


def unknown_field(name: str) -> UncaughtError:
    """A field or a model that is not there."""
    return UncaughtError(f"'{name}'")


def required(label: str, model: str) -> TrytonError:
    """A field that has to be filled."""
    return user_error(f'A value is required for field "{label}" in record of "{model}".')


def out_of_domain(value: object, label: str, model: str) -> TrytonError:
    """A value that its field does not take."""
    return user_error(
        f'The value "{value}" for field "{label}" in record of "{model}" is not valid according to its domain.'
    )


def too_many_digits(value: object, label: str, model: str, digits: int) -> TrytonError:
    """A number that is too fine."""
    return user_error(
        f'The number of digits in the value "{value}" for field "{label}" in record of "{model}" exceeds the limit of '
        f'"(None, {digits})".'
    )


def not_pressable(button: str, name: str, model: str) -> TrytonError:
    """A button in the wrong state."""
    return user_error(f'You can not call "{button}" on "{name}" of "{model}".')


def gone(ids: object, model: str) -> TrytonError:
    """Records that are not there."""
    return user_error(f'You are trying to read records "{ids}" of "{model}" that don\'t exist.')
