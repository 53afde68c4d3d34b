"""A customer: search, fields with where each came from and went, perspectives, matches, versions, consent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from html import escape
from typing import Any

import streamlit as st

from c360_assets.identity.related import read_related
from c360_assets.warehouse import Warehouse
from console import looks, profile_data
from console.frame import html, needs_name, show, viewer
from console.masking import masked
from console.pair import chips
from console.profile_data import related_rows
from console.tables import html_table
from console.trace_view import draw_deliveries, draw_fields, draw_matches
from lineage import access_log
from lineage.find import LIMIT, find
from lineage.trace import TraceError, trace_profile

FIELDS, DEPARTMENTS, RELATIONS, MATCHES, VERSIONS, CONSENT, DELIVERIES = (
    "Fields", "Perspectives", "Relations", "Matches", "Versions", "Consent", "Deliveries",
)  # fmt: skip


def body(session: Warehouse) -> None:
    """Search, then one profile."""
    if needs_name():
        return
    search, why, when = st.columns([4, 3, 2])
    given = search.text_input("Find", value=st.query_params.get("profile", ""), placeholder="e-mail, phone, id or name")
    looks.purpose_field(why)
    day = when.date_input("As of the end of (UTC)", value=None, max_value=datetime.now(UTC).date(), help="Empty: now")
    at = datetime.combine(day, time.max) if day else None
    if not given.strip():
        st.caption("Every look at a profile is written to the access log, with your name and purpose.")
        return
    found = find(session, given)
    looks.note(session, "find", [each.profile_id for each in found], "console", given)
    if not found:
        st.warning("Nothing found: no id, source key, e-mail address, phone number or name is exactly that.")
        return
    if len(found) == LIMIT:
        st.caption(f"Only the first {LIMIT} are listed.")
    chosen = found[0]
    if len(found) > 1:
        chosen = st.selectbox(
            f"{len(found)} profiles", found,
            format_func=lambda each: f"{each.profile_id}   {each.status}, found by {each.found_by.replace('_', ' ')}",
        )  # fmt: skip
    unmask = looks.note(session, "view", [chosen.profile_id], "console", str(at or ""))
    try:
        trace = trace_profile(session, chosen.profile_id, at)
    except TraceError as error:
        st.warning(f"{error} It may not be published yet: the next run does, unless a check holds it back.")
        return
    _profile(session, trace, unmask)


def _profile(session: Warehouse, trace: dict[str, Any], unmask: bool) -> None:
    profile, kind, status = trace["profile_id"], trace["entity_kind"], trace["status"]["status"]
    heir = f" into {trace['status']['into']}" if trace["status"]["into"] else ""
    golden = None if trace["as_of"] else profile_data.read_golden(session, profile)
    version = trace["version"]
    name = masked(kind, "display_name", (golden or {}).get("display_name"), unmask) or profile
    html(
        f'<p class="c360-verdict">{escape(name)}</p>'
        + chips([kind, profile, f"{len(version['members'])} source records", f"version {version['version']}"])
        + chips([f"as of {trace['as_of']:%Y-%m-%d}"] if trace["as_of"] else [], "wait")
        + chips([status + heir], "good" if status == "active" else "bad")
        + chips(["review required"] if golden and golden.get("review_required") else [], "wait")
        + chips([] if unmask else ["personal data masked: give a purpose"], "wait")
    )
    parts = [FIELDS, DEPARTMENTS, RELATIONS, MATCHES, VERSIONS, CONSENT, DELIVERIES]
    part = st.segmented_control("Show", parts, default=FIELDS, label_visibility="collapsed") or FIELDS
    if part == FIELDS:
        draw_fields(trace, unmask)
    elif part == MATCHES:
        draw_matches(trace)
    elif part == DELIVERIES:
        draw_deliveries(trace)
    elif part == DEPARTMENTS:
        _departments(session, profile, kind, unmask)
    elif part == RELATIONS:
        _relations(session, trace)
    elif part == VERSIONS:
        _versions(session, profile, kind, unmask)
    else:
        _consent(session, profile, trace)
    if unmask:
        _export(session, trace)


def _departments(session: Warehouse, profile: str, kind: str, unmask: bool) -> None:
    st.caption("What each department sees of it now.")
    for column, name in zip(st.columns(2) * 2, profile_data.PERSPECTIVES, strict=True):
        with column:
            st.subheader(name.capitalize())
            seen = profile_data.read_perspective(session, name, profile)
            if seen is None:
                st.caption(f"{name.capitalize()} does not see this profile.")
                continue
            html(
                html_table([
                    {"field": field.replace("_", " "), "value": masked(kind, field, value, unmask)}
                    for field, value in seen.items()
                    if value not in (None, "") and field not in ("profile_id", "unified_customer_id")
                ])
            )  # fmt: skip


def _relations(session: Warehouse, trace: dict[str, Any]) -> None:
    html(html_table(related_rows(trace["relations"])))
    if not trace["relations"]:
        st.caption("Related to nothing that is known.")
    if trace["as_of"]:
        return
    found = read_related(session, trace["profile_id"])
    for conflict in found.conflicts:
        st.warning(f"Its sources contradict each other, so this is not followed: it {conflict}.")
    if found.group:
        st.subheader("With all below it")
        html(html_table([{"figure": name.replace("_", " "), "value": v} for name, v in found.group.items()]))


def _versions(session: Warehouse, profile: str, kind: str, unmask: bool) -> None:
    for version in profile_data.read_versions(session, profile):
        until = f"to {version.valid_to:%Y-%m-%d %H:%M} UTC" if version.valid_to else "UTC until now"
        with st.expander(
            f"Version {version.version}, from {version.valid_from:%Y-%m-%d %H:%M} {until}: "
            f"{len(version.changes)} value(s) changed",
            expanded=version.valid_to is None,
        ):
            if not version.changes:
                st.caption("No value changed; what it stands on did: its records, rules or consents.")
            html(
                html_table([
                    {"field": field.replace("_", " "), "before": masked(kind, field, before, unmask),
                     "after": masked(kind, field, after, unmask)}
                    for field, before, after in version.changes
                ])
            )  # fmt: skip


def _consent(session: Warehouse, profile: str, trace: dict[str, Any]) -> None:
    st.subheader("In force" + (" then" if trace["as_of"] else ""))
    html(html_table([{name: row[name] for name in ("purpose", "channel", "region", "state", "since", "source")}
                     for row in trace["consents"]]))  # fmt: skip
    if not trace["consents"]:
        st.caption("None is known, and so nothing is delivered for which one is needed.")
    st.subheader("Every change")
    html(html_table(profile_data.read_consent(session, profile)))


def _export(session: Warehouse, trace: dict[str, Any]) -> None:
    """In two steps, so that the export is written down before there is a file."""
    if st.button("Export as JSON"):
        # Each export anew, unlike a look, of which a redrawn page is none.
        access_log.note(session, "export", [trace["profile_id"]], viewer(), looks.purpose(), "console, JSON")
        text = json.dumps(trace, default=str, ensure_ascii=False, indent=2)
        st.download_button("Download", text, f"{trace['profile_id']}.json", "application/json")


show(
    "Profile", "One customer: every field from source to delivery, now or then, and every look at it on record.",
    body, needs="ACTIVATION_FEED.RECEIPT",
)  # fmt: skip
