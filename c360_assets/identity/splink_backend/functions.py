"""The functions that Snowflake lacks: what each is called, and how it is created in the step schema."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from c360_assets.warehouse import Warehouse

_TEXTS, _ARRAYS = "l varchar, r varchar", "l array, r array"
_SIGNATURES = {
    "levenshtein": (_TEXTS, "number"),
    "damerau_levenshtein": (_TEXTS, "number"),
    "jaro": (_TEXTS, "float"),
    "jaro_winkler": (_TEXTS, "float"),
    "jaccard": (_TEXTS, "float"),
    "cosine": (_ARRAYS, "float"),
    "pairwise_levenshtein": (_ARRAYS, "number"),
    "pairwise_damerau_levenshtein": (_ARRAYS, "number"),
    "pairwise_jaro": (_ARRAYS, "float"),
    "pairwise_jaro_winkler": (_ARRAYS, "float"),
}
PREFIX = "splink_"
FUNCTIONS = frozenset(PREFIX + name for name in _SIGNATURES)


@cache
def _body() -> str:
    return files(__package__).joinpath("similarity.py").read_text(encoding="utf-8")


def create_function_sql(schema: str, name: str) -> str:
    """The statement that creates one of `FUNCTIONS` in a schema.

    Replaced and not kept, so that a function is always of the release that calls it.
    """
    handler = name.removeprefix(PREFIX)
    arguments, returns = _SIGNATURES[handler]
    return (
        f"create or replace function {schema}.{name}({arguments}) returns {returns}\n"
        "language python strict immutable runtime_version = '3.11'\n"
        f"handler = '{handler}' as $$\n{_body()}\n$$"
    )


class StepFunctions:
    """The functions of a schema, each created where a statement first asks for it."""

    def __init__(self, warehouse: Warehouse, schema: str) -> None:
        self._warehouse, self._schema = warehouse, schema
        self._created: set[str] = set()

    def __call__(self, name: str) -> str:
        """SCHEMA.NAME of one of `FUNCTIONS`."""
        if name not in self._created:
            self._warehouse.execute(create_function_sql(self._schema, name))
            self._created.add(name)
        return f"{self._schema}.{name}".upper()
