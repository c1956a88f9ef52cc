"""``python -m real``: gets the real platforms ready, once and for some minutes, so that no test waits for it."""

import typer

from real import tryton, vendure
from real.processes import NotThereError

PLATFORMS = {
    "Tryton's database, a minute": tryton.prepare,
    "Vendure's packages from npm and its database, some minutes": vendure.prepare,
}


def main() -> None:
    """Make what is not there yet; what cannot be made is told, and its tests are left out."""
    for what, prepare in PLATFORMS.items():
        typer.echo(f"Getting ready, once: {what}.")
        try:
            prepare()
        except NotThereError as missing:
            typer.echo(str(missing))


if __name__ == "__main__":
    main()
