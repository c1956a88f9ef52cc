"""Starts a furnished Tryton: the database is made once and kept, and each server has a copy of its own.

Its sessions last a day, not the usual five minutes: a person's has to outlive whatever a busy machine lets it wait for.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from real.processes import NotThereError, answers_at, free_port, run, serving

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / ".venv-tryton"
PINS = ROOT / "requirements/tryton.txt"
FURNISH = Path(__file__).with_name("furnish.py")
KEPT = ROOT / "build/tryton"
DATABASE, PASSWORD, ADMIN_PASSWORD = "shop", "bridge-password", "admin-password"
MODULES: Final = ("ir", "res", "sale", "account_product", "account_invoice", "account_invoice_stock", "stock")
CONFIGURATION = """
[web]
listen = 127.0.0.1:{port}
root =
[database]
uri = sqlite://
path = {folder}
list = False
[session]
timeout = 86400
"""


@dataclass(frozen=True)
class RealTryton:
    """A server that runs, and what it is furnished with.

    Attributes:
        user, password: Ours, with the groups that the connector needs; ``admin`` is the administrator.
        made: Ids of what is there: company, main, storage and second (warehouses), taxes and so on.
    """

    url: str
    database: str = DATABASE
    user: str = "shopbridge"
    password: str = field(default=PASSWORD, repr=False)
    admin_password: str = field(default=ADMIN_PASSWORD, repr=False)
    made: Mapping[str, Any] = field(default_factory=dict)


@contextmanager
def real_tryton() -> Iterator[RealTryton]:
    """Run a Tryton with a fresh, furnished database on a free port of this machine.

    Raises:
        NotThereError: Its environment or its database is missing: ``make real`` makes both.
    """
    kept = KEPT / _version()
    if not (kept / "made.json").exists():
        raise NotThereError("There is no furnished Tryton: `make real` makes it.")
    with TemporaryDirectory() as place:
        folder, port = Path(place), free_port()
        shutil.copyfile(kept / f"{DATABASE}.sqlite", folder / f"{DATABASE}.sqlite")
        url = f"http://127.0.0.1:{port}"
        command = [_program("trytond"), "-c", str(_configured(folder, port)), "-d", DATABASE]
        with serving(command, lambda: is_up(url), folder / "log", _env(), folder):
            yield RealTryton(url, made=json.loads((kept / "made.json").read_text()))


def is_up(url: str) -> bool:
    """Whether a server answers there."""
    version = {"id": 0, "method": "common.server.version", "params": []}
    return answers_at(f"{url}/rpc/", method="POST", json=version)


def prepare() -> None:
    """Make a furnished database that no server ever ran on, where it is not there yet. Raises NotThereError."""
    if not (ENVIRONMENT / ".ready").exists():
        raise NotThereError("There is no .venv-tryton: `make real` makes it, from the pinned packages on PyPI.")
    kept = KEPT / _version()
    if not (kept / "made.json").exists():
        _furnish(kept)


def _furnish(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / f"{DATABASE}.sqlite").touch()  # Tryton makes no file
    (folder / "password").write_text(ADMIN_PASSWORD)
    conf, log = str(_configured(folder, 1)), folder / "log"
    update = ["-c", conf, "-d", DATABASE, "-u", *MODULES, "--activate-dependencies", "--email", "admin@example.test"]
    run([_program("trytond-admin"), *update], log, {**_env(), "TRYTONPASSFILE": str(folder / "password")}, folder)
    told = folder / "told"
    run([_program("python"), str(FURNISH), f"sqlite:///{DATABASE}", conf, PASSWORD], told, _env(), folder)
    (folder / "made.json").write_text(told.read_text().splitlines()[-1])


def _version() -> str:
    parts = (PINS.read_bytes(), FURNISH.read_bytes(), CONFIGURATION.encode(), " ".join(MODULES).encode())
    return blake2b(b"\0".join(parts), digest_size=8).hexdigest()


def _configured(folder: Path, port: int) -> Path:
    file = folder / "trytond.conf"
    file.write_text(CONFIGURATION.format(port=port, folder=folder))
    return file


def _program(name: str) -> str:
    return str(ENVIRONMENT / "bin" / name)


def _env() -> Mapping[str, str]:
    """Nothing of ours: our own packages must not be found by it."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}
