"""The other shape of answers, which a client gets that forgets ``Accept: application/json``.

Reduced to what makes the mistake visible: attributes, relationships and included records.
"""

from typing import Any

MEDIA_TYPE = "application/vnd.api+json"
_HELPERS = frozenset({"apiAlias", "_uniqueIdentifier", "id"})


def to_jsonapi(body: dict[str, Any]) -> dict[str, Any]:
    """Turn an answer of the plain shape into JSON:API."""
    included: dict[tuple[str, str], dict[str, Any]] = {}
    records = body["data"]
    data = (
        [_resource(record, included) for record in records]
        if isinstance(records, list)
        else _resource(records, included)
    )
    meta = {"totalCountMode": 0, "total": body["total"]} if "total" in body else []
    return {"data": data, "included": list(included.values()), "links": [], "meta": meta}


def _resource(record: dict[str, Any], included: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    relationships: dict[str, Any] = {}
    for name, value in record.items():
        if _is_related(value):
            related = f"/{record['apiAlias'].replace('_', '-')}/{record['id']}/{name}"
            data = _references(value, included)
            relationships[name] = {"data": data, "links": {"related": related}}
        elif name not in _HELPERS:
            attributes[name] = value
    kind = record["apiAlias"]
    return {"id": record["id"], "type": kind, "attributes": attributes, "relationships": relationships}


def _is_related(value: Any) -> bool:
    sample = value[0] if isinstance(value, list) and value else value
    return isinstance(sample, dict) and "_uniqueIdentifier" in sample


def _references(value: Any, included: dict[tuple[str, str], dict[str, Any]]) -> Any:
    if isinstance(value, list):
        return [_references(each, included) for each in value]
    key = (value["apiAlias"], value["id"])
    included.setdefault(key, _resource(value, included))
    return {"type": key[0], "id": key[1]}
