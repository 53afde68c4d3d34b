"""What functions do to their arguments' lineage."""

from __future__ import annotations

from sqlglot import exp

# Parsed as plain functions, because only Snowflake has them; they aggregate nevertheless.
AGGREGATES_BY_NAME = frozenset(
    [
        "BITOR_AGG",
        "BITAND_AGG",
        "BITXOR_AGG",
        "BOOLOR_AGG",
        "BOOLAND_AGG",
        "BOOLXOR_AGG",
        "HASH_AGG",
        "OBJECT_AGG",
        "ARRAY_AGG",
        "ARRAY_UNION_AGG",
        "ARRAY_UNIQUE_AGG",
        "ANY_VALUE",
        "MODE",
        "APPROX_TOP_K",
        "MINHASH",
        "KURTOSIS",
        "SKEW",
        "MEDIAN",
    ]
)
# One-way: the value cannot be read back from the result.
MASKS_BY_NAME = frozenset(
    [
        "HASH",
        "MD5",
        "MD5_HEX",
        "SHA1",
        "SHA1_HEX",
        "SHA2",
        "SHA2_HEX",
        "MD5_NUMBER_LOWER64",
        "MD5_NUMBER_UPPER64",
    ]
)
_MASKS = tuple(
    getattr(exp, name)
    for name in (
        "MD5",
        "MD5Digest",
        "MD5NumberLower64",
        "MD5NumberUpper64",
        "SHA",
        "SHA1Digest",
        "SHA2",
        "SHA2Digest",
    )
    if hasattr(exp, name)
)
_COUNTS = tuple(getattr(exp, n) for n in ("Count", "CountIf", "ApproxDistinct", "HashAgg") if hasattr(exp, n))
# Window functions that hand on one of the rows' values; sqlglot counts them among the aggregates.
_PICKS = (exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue)


def name_of(node: exp.Expr) -> str:
    """The upper-case name of a function that sqlglot has no class for."""
    return str(node.this).upper() if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc) else ""


def masks(node: exp.Expr) -> bool:
    """True for a one-way function."""
    return isinstance(node, _MASKS) or name_of(node) in MASKS_BY_NAME


def counts(node: exp.Expr) -> bool:
    """True for an aggregate of which only a number comes out."""
    return isinstance(node, _COUNTS) or name_of(node) == "HASH_AGG"


def aggregates(node: exp.Expr) -> bool:
    """True for a function over many rows."""
    if isinstance(node, _PICKS):
        return False
    return isinstance(node, exp.AggFunc) or name_of(node) in AGGREGATES_BY_NAME
