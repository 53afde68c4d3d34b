"""Events as JSON.

The client's own serialiser writes a placeholder for what it does not know; this one refuses.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from openlineage.client.serde import Serde

_AS_THEY_ARE = frozenset({type(None), str, bool, int, float})


def plain(value: Any) -> Any:
    """Numbers, text, lists and mappings only; Decimal becomes a number and a set a sorted list.

    Raises:
        TypeError: a value has no JSON form.
    """
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is dict:
        return {str(key): plain(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [plain(item) for item in value]
    return _converted(value)


def _converted(value: Any) -> Any:
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(item) for item in value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def to_dict(event: Any) -> dict[str, Any]:
    """An OpenLineage event object as plain data, without nulls and without facets that say nothing."""
    result: dict[str, Any] = plain(Serde.to_dict(event))
    for holder in (result["run"], result["job"], *result["inputs"], *result["outputs"]):
        for kind in ("facets", "inputFacets", "outputFacets"):
            if not holder.get(kind, True):
                del holder[kind]
    return result


def to_json(event: dict[str, Any]) -> str:
    """One line of JSON, keys sorted: equal events are equal text."""
    return json.dumps(event, default=_converted, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
