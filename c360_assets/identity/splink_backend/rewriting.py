"""Where Splink's own SQL would mean something else in Snowflake, say there what it means on DuckDB.

Splink lets a dialect name a function, and no more than name it. These forms are recognised in the finished SQL:

- A similarity that Snowflake lacks becomes a call of a function in the step schema.
- Levenshtein: `EDITDISTANCE` counts characters and DuckDB bytes, which is one thing where all characters are ASCII.
  Where few edits are asked for, the lengths are looked at first.
- Jaro-Winkler: `JAROWINKLER_SIMILARITY` knows whole hundredths and no case. Where that cannot matter (ASCII far below
  the threshold, lower-case ASCII more than a hundredth away from it) it decides; only the rest costs a call of the
  exact function.
- Shares and array sizes: see `_FORMS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from c360_assets.identity.splink_backend.functions import FUNCTIONS, PREFIX

_QUOTED = r"'(?:[^'\\]|''|\\.)*'|\"(?:[^\"]|\"\")*\""
_STRING_OR_NAME = re.compile(_QUOTED, re.DOTALL)
_NAMES = "|".join(sorted(FUNCTIONS, key=len, reverse=True))
_CALL = re.compile(rf"{_QUOTED}|(?<![\w.])(?P<name>{_NAMES})\s*\(", re.IGNORECASE | re.DOTALL)
_THRESHOLD = re.compile(r"\s*>=\s*(\d+(?:\.\d+)?(?:[eE]-?\d+)?)")
_MOST = re.compile(r"\s*<=\s*(\d+)(?![.\w])")

# Without case no fewer units agree, and at most half of them change places more: a sixth, and the cut-off hundredth.
MOST_THAT_CASE_CHANGES = 18

_MARK = PREFIX + "pairwise"
EXTREME, TRANSFORM = _MARK + "_extreme", _MARK + "_transform"
_PAIRWISE = re.compile(
    rf"{EXTREME}\(\s*{TRANSFORM}\(\s*flatten\(\s*{TRANSFORM}\(\s*(?P<l>.+?),\s*x -> {TRANSFORM}\(\s*(?P<r>.+?),\s*"
    rf"y -> \[x, y\]\s*\)\s*\)\s*\),\s*pair -> {PREFIX}(?P<name>\w+)\(\s*pair\[0\],\s*pair\[1\]\s*\)\s*\)\s*\)",
    re.DOTALL,
)
_FORMS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    # A pair of arrays has one nearest pair of elements; Snowflake's lambdas cannot be nested.
    (EXTREME, _PAIRWISE, rf"{_MARK}_\g<name>(\g<l>, \g<r>)"),
    # Snowflake keeps duplicates and nulls in an intersection, DuckDB neither.
    (
        "ARRAY_SIZE(ARRAY_INTERSECTION(",
        re.compile(
            r"ARRAY_SIZE\((?P<same>ARRAY_INTERSECTION\((?P<l>.+?), (?P<r>.+?)\))\)"
            r" = (?P<least>LEAST\w*)\(ARRAY_SIZE\((?P=l)\), ARRAY_SIZE\((?P=r)\)\)"
        ),
        r"ARRAY_SIZE(ARRAY_DISTINCT(ARRAY_COMPACT(\g<same>))) = \g<least>(ARRAY_SIZE(\g<l>), ARRAY_SIZE(\g<r>))",
    ),
    # Snowflake stops at a division by zero and divides whole numbers to six digits.
    (
        " / (CASE WHEN ",
        re.compile(
            r"\((?P<difference>ABS\((?P<l>.+?) - (?P<r>.+?)\))"
            r" / \((?P<greater>CASE WHEN (?P=r) > (?P=l) THEN (?P=r) ELSE (?P=l) END)\)\)"
        ),
        r"(\g<difference>::float / NULLIF(\g<greater>, 0))",
    ),
)


def rewrite(sql: str, qualify: Callable[[str], str]) -> str:
    """Splink's SQL as Snowflake must read it; `qualify` gives the name of each function that it calls."""
    for sign, form, replacement in _FORMS:
        if sign in sql:
            sql = form.sub(replacement, sql)
    return _rewrite_calls(sql, qualify) if PREFIX in sql else sql


def _rewrite_calls(sql: str, qualify: Callable[[str], str]) -> str:
    out, at = [], 0
    while call := _CALL.search(sql, at):
        if not call["name"]:
            out.append(sql[at : call.end()])
            at = call.end()
            continue
        out.append(sql[at : call.start()])
        arguments, at = _arguments(sql, call.end())
        left, right = (_rewrite_calls(argument.strip(), qualify) for argument in arguments)
        name = call["name"].lower()
        if name == PREFIX + "levenshtein" and (most := _MOST.match(sql, at)):
            at = most.end()
            out.append(_few_edits(left, right, int(most[1]), qualify(name)))
        elif name == PREFIX + "levenshtein":
            out.append(_levenshtein(left, right, qualify(name)))
        elif name == PREFIX + "jaro_winkler" and (threshold := _THRESHOLD.match(sql, at)):
            at = threshold.end()
            out.append(_jaro_winkler(left, right, threshold[1], qualify(name)))
        elif name == PREFIX + "cosine":
            # A VECTOR becomes an ARRAY only where it is asked to.
            out.append(f"{qualify(name)}(({left})::array, ({right})::array)")
        else:
            out.append(f"{qualify(name)}({left}, {right})")
    return "".join(out) + sql[at:]


def _arguments(sql: str, start: int) -> tuple[list[str], int]:
    """The arguments of the call whose parenthesis opened before `start`, and where the call ends."""
    found, depth, at, begun = [], 0, start, start
    while True:
        if skipped := _STRING_OR_NAME.match(sql, at):
            at = skipped.end()
            continue
        letter = sql[at]
        if letter in "([":
            depth += 1
        elif letter in ")]" and depth:
            depth -= 1
        elif letter in ",)" and not depth:
            found.append(sql[begun:at])
            begun = at + 1
            if letter == ")":
                return found, begun
        at += 1


def _ascii(*texts: str) -> str:
    return " and ".join(f"octet_length({text}) = length({text})" for text in texts)


def _levenshtein(left: str, right: str, exact: str) -> str:
    return f"case when {_ascii(left, right)} then editdistance({left}, {right}) else {exact}({left}, {right}) end"


def _few_edits(left: str, right: str, most: int, exact: str) -> str:
    """Texts whose lengths differ by more are as many edits apart; most strangers' texts need no more to be told."""
    near = f"abs(length({left}) - length({right})) <= {most} and editdistance({left}, {right}) <= {most}"
    return f"(case when {_ascii(left, right)} then {near} else {exact}({left}, {right}) <= {most} end)"


def _jaro_winkler(left: str, right: str, threshold: str, exact: str) -> str:
    native, bar = f"jarowinkler_similarity({left}, {right})", float(threshold) * 100
    ascii_only, lower = _ascii(left, right), f"lower({left}) = {left} and lower({right}) = {right}"
    return (
        f"case when {ascii_only} and {native} < {bar - MOST_THAT_CASE_CHANGES:.10g} then false "
        f"when {ascii_only} and {lower} and abs({native} - {bar:.10g}) > 1 then {native} > {bar:.10g} "
        f"else {exact}({left}, {right}) >= {threshold} end"
    )
