"""The file by which a shop installs our app: filled in, with every right that is named in the notes."""

import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shopbridge.connectors.registry import KEYS, connector_spec
from shopbridge.errors import BridgeError, NotFound
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.operations.connections.hooks import make_manifest, paths
from shopbridge.model.operations import MakeManifest
from shopbridge_cli.connection_file import read_connection
from shopbridge_cli.exits import Exit
from tests.unit.cli.fake_lambda import FakeLambda, lambda_, run

__all__ = ["lambda_"]

PUBLIC = "https://bridge.example"


class Platforms:
    """Files of the real connectors."""

    def app_manifest(self, platform: str, public_url: str, connection: str, secret: str) -> str:
        made = connector_spec(platform).app_manifest
        return made(public_url, connection, secret) if made else ""


def manifest(platform: str = "shopware", public_url: str = PUBLIC) -> dict[str, Any]:
    bridge = cast("Bridge", SimpleNamespace(platforms=Platforms(), public_url=public_url))
    return make_manifest(bridge, MakeManifest(operation="app_manifest", connection="my-shop", platform=platform))


def test_the_file_has_our_addresses_a_secret_of_its_own_and_the_rights() -> None:
    first, second = manifest(), manifest()
    assert first["app_secret"] != second["app_secret"]
    root = ET.fromstring(first["text"])  # noqa: S314 - our own
    assert root.findtext("setup/registrationUrl") == PUBLIC + paths(cast("Any", "my-shop"), "t")["app_registration"]
    assert root.findtext("setup/secret") == first["app_secret"]
    assert {hook.get("url") for hook in root.iter("webhook")} == {f"{PUBLIC}/hooks/my-shop"}
    rights = {(right.tag, right.text) for right in root.iterfind("permissions/*")}
    needed = {("update", "order_delivery"), ("update", "order"), ("create", "state_machine_history"), ("read", "order")}
    assert rights >= needed
    assert len(rights) == len(list(root.iterfind("permissions/*")))


@pytest.mark.parametrize("platform", sorted(set(KEYS) - {"shopware"}))
def test_a_platform_that_installs_no_app_by_a_file_says_so(platform: str) -> None:
    with pytest.raises(NotFound, match=f"{platform} installs no app by a file"):
        manifest(platform)


def test_an_unknown_platform_and_a_deployment_without_an_address_are_told() -> None:
    with pytest.raises(BridgeError, match="magento"):
        manifest("magento")
    with pytest.raises(BridgeError, match="does not know its own address"):
        manifest(public_url="")


MADE = {"id": "my-shop", "platform": "shopware", "text": "<manifest/>\n", "app_secret": "5ec2e7"}


def test_the_command_writes_it_for_the_user_alone_and_tells_the_secret_beside(
    lambda_: FakeLambda, tmp_path: Path
) -> None:
    lambda_.results["app_manifest"] = MADE
    printed = run("app-manifest", "my-shop")
    assert printed.stdout == "<manifest/>\n"
    assert "SHOPBRIDGE_SECRET_SHOP_APP_SECRET=5ec2e7" in printed.stderr
    file = tmp_path / "manifest.xml"
    assert run("app-manifest", "my-shop", str(file)).stdout == ""
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("<manifest/>\n", 0o600)
    again = run("app-manifest", "my-shop", str(file))
    assert (again.exit_code, "is there already" in again.stderr) == (Exit.USAGE, True)
    event = lambda_.events[-1]
    assert (event["connection"], event["platform"]) == ("my-shop", "shopware")


def test_the_secret_that_is_told_is_the_one_that_a_file_leaves_open(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text("settings: {}\nsecrets: {shop: {app_secret: }}\n")
    environment = {"SHOPBRIDGE_SECRET_SHOP_APP_SECRET": "5ec2e7"}
    assert read_connection(file, None, environment)["secrets"] == {"shop": {"app_secret": "5ec2e7"}}
