"""Rows as an HTML table. Unlike Streamlit's own it has no download button, which no log would know of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any


def html_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """A table with the first row's keys as heads; empty text where there is no row."""
    if not rows:
        return ""
    heads = "".join(f"<th>{escape(head)}</th>" for head in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row.values()) + "</tr>" for row in rows)
    return f'<table class="c360-rows"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "strftime"):
        return escape(f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "hour") else f"{value:%Y-%m-%d}")
    return escape(str(value))
