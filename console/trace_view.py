"""A traced profile: its fields with where each is from, the matches behind it, its deliveries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from console.frame import html
from console.masking import masked
from console.pair import chips
from console.path_picture import value_path
from console.tables import html_table

Trace = Mapping[str, Any]


def draw_fields(trace: Trace, unmask: bool) -> None:
    """One field's path as a picture and in words; then all fields."""
    kind, fields = trace["entity_kind"], trace["fields"]
    if not fields:
        st.caption("No field has a value of its own.")
        return
    names = [each["field"] for each in fields]
    field = fields[names.index(st.selectbox("Where is it from, and where did it go?", names, width=360))]
    st.graphviz_chart(value_path(field, trace["version"]["version"]), width="content")
    _one_field(kind, field, unmask)
    html(
        html_table([
            {"field": each["field"].replace("_", " "), "value": masked(kind, each["field"], each["value"], unmask),
             "from": each["record_key"], "because": each["why"], "not from": _lost(each["lost"]),
             "carried to": ", ".join(sorted({row["destination"] for row in each["deliveries"]}))}
            for each in fields
        ])
    )  # fmt: skip


def _one_field(kind: str, field: Mapping[str, Any], unmask: bool) -> None:
    source = field["source"] or {}
    raw = ", ".join(f"{name} = {masked(kind, field['field'], value, unmask)}" for name, value in field["raw"].items())
    if source.get("file_name"):
        st.caption(
            f"Line {source['line']} of {source['file_name']} (SHA-256 {str(source['file_sha256'])[:12]}…, loaded "
            f"{source['loaded_at']:%Y-%m-%d %H:%M} UTC)" + (f" says {raw}." if raw else ".")
        )
    st.caption(f"Rule {field['rule']}: {field['rule_in_words']}.")
    html(
        chips([f"passed {each['rule']}" for each in field["checks"] if each["passed"]], "good")
        + chips([f"failed {each['rule']}" for each in field["checks"] if not each["passed"]], "bad")
    )


def _lost(lost: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(f"{each['record_key']}: {each['words']}" for each in lost)


def draw_matches(trace: Trace) -> None:
    """What holds the records together: matches with their evidence, decisions, steps of the id."""
    html(
        html_table([
            {"record": row["record_key_l"], "and record": row["record_key_r"], "by": row["rule"].replace("_", " "),
             "bits": "" if row["match_weight"] is None else f"{row['match_weight']:+.1f}",
             "in words": "\n".join(words for words in row["words"] if not words.endswith("says little"))}
            for row in trace["matches"]
        ])
    )  # fmt: skip
    if not trace["matches"]:
        st.caption("It has a single record, or nothing was recorded of what joined them then.")
    html(
        html_table([
            {"decided by": row["decided_by"], "verdict": row["verdict"], "record": row["record_key_l"],
             "and record": row["record_key_r"], "when": row["decided_at"], "why": row["reason"],
             "revoked by": row["revoked_by"]}
            for row in trace["decisions"]
        ])
    )  # fmt: skip


def draw_deliveries(trace: Trace) -> None:
    """Every delivery until the moment, with the consent that it went by."""
    rows = trace["deliveries"]
    html(
        html_table([
            {"when": row["delivered_at"], "destination": row["destination"], "operation": row["operation"],
             "status": row["status"], "why": row.get("reason"), "version": row["version"],
             "consent": row["consent_basis"], "batch": row["batch_id"], "file": row["file_name"], "run": row["run_id"]}
            for row in rows
        ])
    )  # fmt: skip
    if not rows:
        st.caption("Nothing of this profile was ever delivered.")
