"""Refuse by name what the embedded engine does not do, before anything is done in part or silently otherwise."""

from __future__ import annotations

import re

from sqlglot import exp

from c360_assets.warehouse.embedded.capabilities import REFUSED_OBJECTS, REFUSED_STATEMENTS
from c360_assets.warehouse.embedded.errors import refused

_VERBS = r"(?:CREATE|ALTER|DROP|UNDROP|SHOW|DESC|DESCRIBE|EXECUTE|TRUNCATE|COMMENT ON)"
_BETWEEN = r"(?: (?:OR|REPLACE|ALTER|TERSE|SECURE|TRANSIENT|TEMPORARY|TEMP|LOCAL|GLOBAL|IF|EXISTS|NOT))*"
_KINDS = "|".join(sorted(REFUSED_OBJECTS, key=len, reverse=True))
_OBJECT = re.compile(rf"^{_VERBS}{_BETWEEN} ({_KINDS})(?:S|IES)?\b")
_POLICY = re.compile(r"\b(MASKING POLICY|ROW ACCESS POLICY|AGGREGATION POLICY|PROJECTION POLICY)\b")
_STATEMENTS = [(re.compile(pattern), feature) for pattern, feature in REFUSED_STATEMENTS]


def refuse_text(words: list[str]) -> None:
    """Refuse by the statement's words (text literals blanked).

    Raises:
        ProgrammingError: naming the feature.
    """
    head = " ".join(words[:12])
    if match := _OBJECT.match(head.replace("POLICIES", "POLICY")):
        raise refused(REFUSED_OBJECTS[match.group(1)])
    for pattern, feature in _STATEMENTS:
        if pattern.search(head):
            raise refused(feature)
    if words[0] in ("CREATE", "ALTER") and (match := _POLICY.search(" ".join(words))):
        raise refused(REFUSED_OBJECTS[match.group(1)])


def refuse_tree(expression: exp.Expr) -> None:
    """Refuse what only the syntax tree shows.

    Raises:
        ProgrammingError: naming the feature.
    """
    for node in expression.walk():
        if isinstance(node, exp.HistoricalData):
            raise refused("Time Travel (AT, BEFORE)")
        if isinstance(node, exp.Table) and (node.args.get("changes") or node.args.get("version")):
            raise refused("change tracking (CHANGES) and Time Travel")
        if isinstance(node, exp.SwapTable):
            raise refused("ALTER TABLE … SWAP WITH")
        if isinstance(node, exp.MatchRecognize):
            raise refused("MATCH_RECOGNIZE")
        if isinstance(node, exp.DynamicProperty):
            raise refused("dynamic tables")
    if isinstance(expression, exp.Copy) and isinstance(expression.this, exp.Table):
        target = expression.this.this
        if isinstance(target, exp.Var) or (isinstance(target, exp.Literal) and target.is_string):
            raise refused("unloading with COPY INTO a location")
    if isinstance(expression, exp.Create) and str(expression.args.get("kind")).upper() == "STAGE":
        properties = expression.args.get("properties")
        if properties and any(isinstance(p, exp.Property) and p.name.upper() == "URL" for p in properties.expressions):
            raise refused("external stages (CREATE STAGE … URL)")
