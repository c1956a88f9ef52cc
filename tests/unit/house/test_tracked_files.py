"""What is in the repository: no secrets, no places of somebody's machine, and nothing installed that is not pinned."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
GIT = shutil.which("git") or "git"
TRACKED = subprocess.run([GIT, "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own arguments
TEXTS = {name: (ROOT / name).read_text(errors="replace") for name in TRACKED.split("\0") if (ROOT / name).is_file()}
PINNED = sorted([*ROOT.glob("requirements/*.txt"), *ROOT.glob("layers/*/requirements.txt")])


def found(signs: str, pattern: str) -> list[str]:
    """Where a pattern stands, as ``file: text``. Only files that hold one of the signs are searched: that is fast."""
    wanted = re.compile(pattern)
    suspects = ((name, text) for name, text in TEXTS.items() if any(sign in text for sign in signs.split()))
    return [f"{name}: {hit[0]}" for name, text in suspects for hit in wanted.finditer(text)]


def name_of(requirement: str) -> str:
    """A library's name as the index spells it, without extras and versions."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement)[0]).lower()


# --- secrets --------------------------------------------------------------------------------------------------------

SECRETS = {
    "a private key": ("PRIVATE", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "a key of AWS": ("AKIA ASIA", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a secret key of AWS": (
        "SECRET_ACCESS_KEY secret_access_key SecretAccessKey",
        r"(?i)secret_?access_?key\W{1,6}[A-Za-z0-9/+]{40}\b",
    ),
    "a token of GitHub": ("ghp_ gho_ ghs_ ghu_ ghr_ github_pat_", r"\b(?:gh[opsur]_[A-Za-z0-9]{36}|github_pat_\w{22})"),
    "a token of GitLab": ("glpat-", r"\bglpat-[\w-]{20}"),
    "a token of a package index": ("pypi- npm_", r"\b(?:pypi-AgE[\w-]{20}|npm_[A-Za-z0-9]{36})"),
    "a token of Slack": ("xox", r"\bxox[abeoprs]-[A-Za-z0-9-]{10}"),
    "a key of Google": ("AIza", r"\bAIza[\w-]{35}"),
    "a login of npm": ("_auth", r"_auth(?:Token)?\s*=\s*\S+"),
    "a live key of Stripe": ("_live_", r"\b[rs]k_live_[A-Za-z0-9]{10}"),
    "a signed token": ("eyJ", r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    "an access key of Shopware": ("SW", r"\bSW[IUS][ACU](?!\w*MADEUP|\w*DEMO)[A-Z0-9]{20,}\b"),
    "a password in an address": ("://", r"\bhttps?://[^\s/:@\"'{}<>]+:(?!password@)[^\s/:@\"'{}<>]+@"),
}
"""Forms by which a real secret is known. Made-up ones say of themselves that they are."""

REAL = {
    "a private key": ["-----BEGIN ", "PRIVATE KEY-----"],
    "a key of AWS": ["AKIA", "Q3EGRTZ2OPJ5LXNV"],
    "a secret key of AWS": ["AWS_SECRET_ACCESS_KEY = '", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz'"],
    "a token of GitHub": ["ghp_", "0123456789abcdefghijABCDEFGHIJ012345"],
    "a token of GitLab": ["glpat-", "0123456789abcdefghij"],
    "a token of a package index": ["pypi-", "AgEIcHlwaS5vcmcCJDAwMDAw"],
    "a token of Slack": ["xoxb-", "012345678901-abc"],
    "a key of Google": ["AIza", "SyA0123456789abcdefghijABCDEFGHIJ01"],
    "a login of npm": ["_auth", "Token=0123456789abcdef"],
    "a live key of Stripe": ["sk_live_", "0123456789abc"],
    "a signed token": ["eyJhbGciOiJIUzI1NiJ9", ".eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLWhlcmU"],
    "an access key of Shopware": ["SWIA", "DZCYZLZRBLLNYWRMT0FSTW"],
    "a password in an address": ["https://shop:", "Kf93ksl2@example.com"],
}
"""One of each form, put together here only, so that this file holds none."""


@pytest.mark.parametrize("form", SECRETS)
def test_no_file_holds_a_secret(form: str) -> None:
    assert found(*SECRETS[form]) == []


@pytest.mark.parametrize("form", SECRETS)
def test_a_secret_would_be_found(form: str) -> None:
    signs, pattern = SECRETS[form]
    text = f'key: "{"".join(REAL[form])}"'
    assert any(sign in text for sign in signs.split())
    assert re.search(pattern, text)


def test_no_file_is_of_a_kind_that_holds_secrets() -> None:
    kinds = re.compile(
        r"^(?:\.env.*|.+\.(?:pem|key|p12|pfx|jks|keystore)|credentials|id_(?:rsa|ed25519)|\.netrc|\.pypirc)$"
    )
    assert [name for name in TEXTS if kinds.match(Path(name).name)] == []


# --- places ---------------------------------------------------------------------------------------------------------


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    tops = "home root work Users private workspace"
    place = rf"(?<![\w.~:/!-])/(?:{tops.replace(' ', '|')})/\w"
    assert found(" ".join(f"/{top}/" for top in tops.split()), place) == []


def test_no_file_names_where_packages_come_from() -> None:
    kinds = "pypi registry files index mirror mirrors deb proxy"
    host = rf"(?<![\w.@-])(?:{kinds.replace(' ', '|')})\.[a-z0-9-]+\.(?:org|com|io|net|dev)\b"
    assert found(" ".join(f"{kind}." for kind in kinds.split()), host) == []
    assert (
        found("index find resolved registry", r"(?i)--(?:extra-)?index-url[ =]|\"resolved\": *\"http|registry *= *http")
        == []
    )


# --- pins -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PINNED, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_library_is_pinned_with_hashes(path: Path) -> None:
    entries = re.sub(r"\\\n", "", re.sub(r"(?m)^ *#.*\n", "", path.read_text())).splitlines()
    pinned = r"[a-z0-9.-]+(?:\[[a-z0-9,-]+\])?==[\w.!+]+(?: *;[^#]*?)?(?: +--hash=sha256:[0-9a-f]{64})+"
    assert [entry for entry in entries if entry and not re.fullmatch(pinned, entry)] == []
    assert len(entries) >= 5


@pytest.mark.parametrize("path", PINNED, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_library_asked_for_is_among_the_pinned(path: Path) -> None:
    asked = re.findall(r"(?m)^([a-zA-Z].*)$", path.with_suffix(".in").read_text())
    assert {name_of(each) for each in asked} <= {name_of(each) for each in re.findall(r"(?m)^\S+==", path.read_text())}


BROWSER = "apt-get update -qq", "apt-get install -qq -y --no-install-recommends chromium chromium-driver"
"""What CI tries the desk with: no library, nothing of ours runs in it, and Debian's signature stands for a hash."""


@pytest.mark.parametrize("recipe", ["Makefile", ".ci/run", "layers/shared/Makefile"])
def test_nothing_is_installed_but_what_is_pinned(recipe: str) -> None:
    text = TEXTS[recipe].replace("\\\n", " ")
    installs = re.findall(r"(?:pip3?|\$\(PIP\)) +(?:install|download)\b.*", text)
    assert [each for each in installs if "--require-hashes" not in each] == []
    if recipe == ".ci/run":
        for words in BROWSER:
            text = text.replace(f"$as_root {words}", "")
    assert re.findall(r"\b(?:npx|uvx|curl|wget|pipx|apt-get)\b|\bnpm (?!ci )\S+", text) == []


@pytest.mark.parametrize("name", [name for name in TEXTS if name.endswith("package-lock.json")])
def test_every_package_of_npm_is_pinned_with_its_hash_and_without_an_address(name: str) -> None:
    packages = {path: entry for path, entry in json.loads(TEXTS[name])["packages"].items() if path}
    assert [path for path, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")] == []
    assert [path for path, entry in packages.items() if "resolved" in entry] == []


def test_what_a_run_installs_is_what_the_tests_ran_with() -> None:
    run, dev = (
        set(re.findall(r"^(\S+==\S+)", (ROOT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE))
        for name in ("run", "dev")
    )
    assert len(run) > 40
    assert run <= dev
