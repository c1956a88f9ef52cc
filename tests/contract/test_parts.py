"""What every connector declares, held against the parts it is made of."""

from collections.abc import Mapping
from typing import Any, get_args

import pytest

from shopbridge.connectors.parts import Capability, Connector
from shopbridge.connectors.registry import KEYS, connector_spec
from shopbridge.connectors.spec import ConnectorSettings, ConnectorSpec
from tests.contract.bench import Bench, bench_module

SWITCHED_ON: Mapping[str, Mapping[str, Any]] = {
    "cloudsales": {"stand_in_writes": True},
    "innvoice": {"stand_in_writes": True, "document": "proforma"},
    "roapp": {"product_writes": "update"},
    "salespos": {"told": ("status",)},
}
"""Settings with which a connector withholds nothing."""
SWITCHED_OFF: Mapping[str, Mapping[str, Any]] = {"innvoice": {"document": "draft"}, "roapp": {"product_writes": "no"}}
"""Its own defaults, where a bench has others that matter here."""


def bench_of(key: str) -> Bench:
    module = bench_module(key)
    assert module, f"write tests/contract/benches/{key}.py"
    bench: Bench = module.bench()
    return bench


def parts(connector: Connector) -> set[str]:
    return {name for name in get_args(Capability) if getattr(connector, name) is not None}


def withheld(spec: ConnectorSpec, settings: ConnectorSettings) -> set[str]:
    return set(spec.withheld(settings)) if spec.withheld else set()


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("switched_on", [False, True])
def test_a_connector_has_the_parts_it_declares_but_those_its_settings_withhold(key: str, *, switched_on: bool) -> None:
    at, spec = bench_of(key), connector_spec(key)
    settings = (SWITCHED_ON if switched_on else SWITCHED_OFF).get(key, {})
    chosen = spec.settings.model_construct(url="", **settings)
    has = parts(at.connector(**settings).connector)
    assert has == set(spec.provides) - withheld(spec, chosen)
    assert not switched_on or has == set(spec.provides)


@pytest.mark.parametrize("key", KEYS)
def test_no_secret_is_shown(key: str) -> None:
    values = {name: value for name, value in bench_of(key).secrets.values.items() if "user" not in name}
    shown = repr(connector_spec(key).secrets.model_validate(bench_of(key).secrets.values))
    assert not [name for name, value in values.items() if value in shown]


def test_every_optional_part_of_a_connector_is_a_capability() -> None:
    assert set(Connector.__dataclass_fields__) == {"account", *get_args(Capability)}


@pytest.mark.parametrize("key", KEYS)
def test_fields_for_rules_are_declared_by_those_that_take_them(key: str) -> None:
    at, spec = bench_of(key), connector_spec(key)
    connector = at.connector(**SWITCHED_ON.get(key, {})).connector
    assert (connector.order_target.fields() if connector.order_target else {}) == spec.order_fields()
    assert (connector.catalogue_target.fields() if connector.catalogue_target else {}) == spec.product_fields()
