"""Starts a Vendure shop on Node: its packages are installed and its database is made once; each server has a copy."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

from real.processes import NotThereError, answers_at, free_port, run, serving
from real.vendure.people import RealVendure, furnished_shop

HERE = Path(__file__).parent
BUILT = Path(__file__).resolve().parents[2] / "build" / "vendure"
FILES = ("package.json", "package-lock.json", "config.js", "server.js", "populate.js", "webhook-plugin.js")
DATA = ("initial.json", "products.csv")
DATABASE, PASSWORD = "shop.sqlite", "superadmin-password"
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
"""No package's own scripts run: all that is needed is in the packages."""


@contextmanager
def real_vendure(hook_url: str = "", hook_secret: str = "") -> Iterator[RealVendure]:
    """Run a Vendure shop with a fresh database on a free port of this machine.

    Args:
        hook_url, hook_secret: Whom our plugin tells of orders, and what it signs with; nobody, if empty.

    Raises:
        NotThereError: There is no Node here.
    """
    built = _populated()
    with TemporaryDirectory() as place:
        folder, port = Path(place), free_port()
        shutil.copyfile(built / DATABASE, folder / DATABASE)
        url = f"http://127.0.0.1:{port}"
        env = {**_env(folder, port), "HOOK_URL": hook_url, "HOOK_SECRET": hook_secret}
        with serving(("node", "server.js"), lambda: answers_at(f"{url}/health"), folder / "log", env, built):
            yield furnished_shop(url, PASSWORD, hook_secret)


def _populated() -> Path:
    """The folder of an installed shop whose database no server ever ran on; made where it is not there yet."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NotThereError(f"There is no {program} here: install Node 20 or later to run a real Vendure.")
    built = BUILT / _version()
    if not (built / DATABASE).exists():
        _make(built)
    return built


def _make(built: Path) -> None:
    shutil.rmtree(built, ignore_errors=True)
    built.mkdir(parents=True)
    for name in (*FILES, *DATA):
        shutil.copyfile(HERE / name, built / name)
    run(INSTALL, built / "install.log", _env(built, 1), built)
    made = built / "made"
    made.mkdir()
    run(("node", "populate.js"), built / "populate.log", _env(made, free_port()), built)
    (made / DATABASE).rename(built / DATABASE)


def _version() -> str:
    parts = [(HERE / name).read_bytes() for name in (*FILES, *DATA)]
    return blake2b(b"\0".join(parts), digest_size=8).hexdigest()


def _env(folder: Path, port: int) -> Mapping[str, str]:
    """What Node and npm need, and no word of ours beside it; Vendure's usage data stay here."""
    kept = {
        name: text for name, text in os.environ.items() if name in ("PATH", "HOME") or name.startswith("npm_config")
    }
    shop = {"SHOP_FOLDER": str(folder), "SHOP_PORT": str(port), "SHOP_PASSWORD": PASSWORD}
    return {**kept, **shop, "VENDURE_DISABLE_TELEMETRY": "true"}
