"""Chromium, driven by selenium: Debian's packages, or whatever else of both is on the path."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

T = TypeVar("T")

PATIENCE = 60
"""Seconds a page may take on a busy machine; what is there already is not waited for."""
LOOKS = 0.05
BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or ""
DRIVER = shutil.which("chromedriver") or ""
PICTURES = Path(__file__).parents[1] / "build" / "pictures"
"""Where people find what the browser showed."""
BARE = """
arguments[0].style.maxHeight = arguments[0].offsetHeight + "px"
arguments[0].style.alignSelf = "start"
for (const note of document.querySelectorAll(".widget > header > span")) note.style.visibility = "hidden"
"""
"""A widget no higher than what it shows, and without how long this machine took."""
needs_browser = pytest.mark.skipif(
    not (BROWSER and DRIVER), reason="no Chromium on this machine: apt-get install chromium chromium-driver"
)


@contextmanager
def chromium() -> Iterator[Chrome]:
    """A browser with a window of 1,400 by 1,200 pixels."""
    options = ChromeOptions()
    options.binary_location = BROWSER
    for flag in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-gpu", "window-size=1400,1200"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Chrome(options, ChromeService(DRIVER))
    try:
        yield browser
    finally:
        browser.quit()


class Person:
    """Somebody at the console's stand-in, who looks until something is there."""

    def __init__(self, browser: Chrome) -> None:
        self.browser = browser

    def open(self, address: str) -> None:
        """Open the page afresh: what follows ``#`` alone would not load it again."""
        self.browser.get("about:blank")
        self.browser.get(address)

    def until(self, look: Callable[[], T | None], what: str) -> T:
        """What ``look`` finds, once it finds something."""

        def found(_: Chrome) -> T | None:
            try:
                return look()
            except (StaleElementReferenceException, NoSuchElementException):
                return None

        wait: WebDriverWait[Chrome] = WebDriverWait(self.browser, PATIENCE, LOOKS)
        return wait.until(found, what)  # type: ignore[return-value]  # it ends with a value, or by raising

    def element(self, selector: str) -> WebElement:
        """The first element there is."""
        return self.until(lambda: self.browser.find_element(By.CSS_SELECTOR, selector), selector)

    def all(self, selector: str) -> list[WebElement]:
        """The elements that are there now."""
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def choose(self, control: str, choice: str) -> None:
        """One of the page's own controls."""

        def look() -> bool:
            Select(self.element(f"#{control}")).select_by_visible_text(choice)
            return True

        self.until(look, f"{control} offers {choice!r}")

    def settled(self, widget: str) -> WebElement:
        """A widget by its title, once its function has answered."""
        selector = f"section[data-widget='{widget}']:not([data-state='loading']):not(:not([data-state]))"
        return self.element(selector)

    def sees(self, widget: str, words: str) -> WebElement:
        """A widget that shows these words."""

        def look() -> WebElement | None:
            found = self.settled(widget)
            return found if words in found.text else None

        return self.until(look, f"{widget} shows {words!r}")

    def press(self, widget: str, words: str) -> None:
        """Something in a widget that can be pressed, by its words."""

        def look() -> WebElement | None:
            pressed = self.settled(widget).find_elements(By.CSS_SELECTOR, ".body [role='button'], .body a, .body .btn")
            return next((each for each in pressed if each.text.strip() == words), None)

        self.browser.execute_script("arguments[0].click()", self.until(look, f"{widget} has {words!r} to press"))

    def answer(self, words: str) -> str:
        """What is asked before something is done, answered with one of the two buttons."""
        asked = self.element("#confirm[open] p").text
        next(each for each in self.all("#confirm button") if each.text == words).click()
        return asked

    def fill(self, widget: str, field: str, value: str) -> None:
        """A field of a widget's form."""

        def look() -> bool:
            found = self.settled(widget).find_element(By.CSS_SELECTOR, f"[name='{field}']")
            if found.tag_name == "select":
                Select(found).select_by_value(value)
            else:
                found.clear()
                found.send_keys(value)
            return True

        self.until(look, f"{widget} has a field {field!r}")

    def picture(self, name: str, widget: str = "") -> None:
        """What the window shows, or one widget, kept for people."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        file = str(PICTURES / f"{name}.png")
        if widget:
            found = self.settled(widget)
            self.browser.execute_script(BARE, found)
            found.screenshot(file)
            self.browser.execute_script("arguments[0].style.alignSelf = ''", found)
        else:
            self.browser.save_screenshot(file)

    def complaints(self) -> list[str]:
        """What the browser says was wrong, such as a script that was not let run."""
        return [
            entry["message"]
            for entry in self.browser.get_log("browser")  # type: ignore[no-untyped-call]  # selenium gives it no types
            if entry["level"] == "SEVERE"
        ]
