"""Starts a Vendure shop on Node: its packages are installed and its database is made once; each server has a copy."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

from real.processes import NotThereError, answers_at, free_port, run, serving
from real.vendure.people import RealVendure, furnished_shop

HERE = Path(__file__).parent
BUILT = Path(__file__).resolve().parents[2] / "build" / "vendure"
PACKAGES = ("package.json", "package-lock.json")
FILES = ("config.js", "server.js", "populate.js", "webhook-plugin.js", "initial.json", "products.csv")
DATABASE, PASSWORD = "shop.sqlite", "superadmin-password"
OLDEST_NODE = 20
WANTED = f"install Node {OLDEST_NODE} or later to run a real Vendure."
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
"""No package's own scripts run: all that is needed is in the packages."""


@contextmanager
def real_vendure(hook_url: str = "", hook_secret: str = "") -> Iterator[RealVendure]:
    """Run a Vendure shop with a fresh database on a free port of this machine.

    Args:
        hook_url, hook_secret: Whom our plugin tells of orders, and what it signs with; nobody, if empty.

    Raises:
        NotThereError: There is no Node here, or no shop: ``make real`` makes it.
    """
    _find_node()
    built, kept = _built(), _kept()
    if not kept.exists():
        raise NotThereError("There is no Vendure here: `make real` installs it.")
    with TemporaryDirectory() as place:
        folder, port = Path(place), free_port()
        shutil.copyfile(kept, folder / DATABASE)
        url = f"http://127.0.0.1:{port}"
        env = {**_env(folder, port), "HOOK_URL": hook_url, "HOOK_SECRET": hook_secret}
        with serving(("node", "server.js"), lambda: answers_at(f"{url}/health"), folder / "log", env, built):
            yield furnished_shop(url, PASSWORD, hook_secret)


def prepare() -> None:
    """Install the packages and make a database that no server ever ran on, where they are not there yet.

    Raises:
        NotThereError: There is no Node here.
    """
    _find_node()
    built = _built()
    if not (built / "ready").exists():
        _install(built)
    _copy(FILES, built)
    if not _kept().exists():
        with TemporaryDirectory() as made:
            run(("node", "populate.js"), built / "populate.log", _env(Path(made), free_port()), built)
            shutil.copyfile(Path(made) / DATABASE, _kept())


def _find_node() -> None:
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NotThereError(f"There is no {program} here: {WANTED}")
    told = ("node", "--version")  # found by the path, as the server is
    version = subprocess.run(told, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - as above
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        raise NotThereError(f"The Node here is {version}: {WANTED}")


def _install(built: Path) -> None:
    shutil.rmtree(built, ignore_errors=True)
    built.mkdir(parents=True)
    _copy(PACKAGES, built)
    run(INSTALL, built / "install.log", _env(built, 1), built)
    (built / "ready").touch()


def _built() -> Path:
    """The folder of these packages."""
    return BUILT / _digest(PACKAGES)


def _kept() -> Path:
    """The database that these files make."""
    return _built() / f"{_digest(FILES)}.sqlite"


def _copy(names: Sequence[str], built: Path) -> None:
    for name in names:
        shutil.copyfile(HERE / name, built / name)


def _digest(names: Sequence[str]) -> str:
    return blake2b(b"\0".join((HERE / name).read_bytes() for name in names), digest_size=8).hexdigest()


def _env(folder: Path, port: int) -> Mapping[str, str]:
    """What Node and npm need, and no word of ours beside it; Vendure's usage data stay here."""
    kept = {
        name: text for name, text in os.environ.items() if name in ("PATH", "HOME") or name.startswith("npm_config")
    }
    shop = {"SHOP_FOLDER": str(folder), "SHOP_PORT": str(port), "SHOP_PASSWORD": PASSWORD}
    return {**kept, **shop, "VENDURE_DISABLE_TELEMETRY": "true"}
