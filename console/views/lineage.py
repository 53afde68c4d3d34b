"""The column graph from left to right, from the recorded events; zoom into one column."""

from __future__ import annotations

import streamlit as st

from c360_assets.warehouse import Warehouse
from console.column_graph import around, column_picture, datasets_picture, read_edges
from console.frame import show

_MOST_EDGES, _MOST_SOURCES = 400, 20


def body(session: Warehouse) -> None:
    """All datasets, or the ways of one column."""
    with st.spinner("Reading the recorded events …"):
        edges = read_edges(session)
    if not edges:
        st.info("No event tells of columns yet; the next run that changes anything does.", icon=":material/info:")
        return
    datasets = sorted({end[0] for edge in edges for end in (edge.source, edge.target)})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        dataset = st.selectbox("Dataset", datasets, index=None, placeholder="all datasets")
        columns = sorted({end[1] for edge in edges for end in (edge.source, edge.target) if end[0] == dataset})
        column = st.selectbox("Column", columns, index=None, placeholder="one column", disabled=dataset is None)
        steps = st.number_input("Steps each way", 1, 20, 2, disabled=column is None, width=130)
        indirect = st.toggle("also what only filters, joins or sorts")
        # Full size is to be moved about in; without it all is in sight.
        size = "large" if st.toggle("full size") else "fitted"
    if dataset is None or column is None:
        shown = [edge for edge in edges if dataset is None or dataset in (edge.source[0], edge.target[0])]
        st.caption(f"{len(datasets)} datasets, {len(edges):,} column edges. Choose a dataset and a column to zoom in.")
        with st.container(key=size):
            st.graphviz_chart(datasets_picture(shown), width="content")
        return
    found = around(edges, (dataset, column), int(steps), indirect)
    if len(found) > _MOST_EDGES:
        st.caption(f"{len(found):,} edges; the first {_MOST_EDGES} are drawn. Take fewer steps to see all of them.")
    with st.container(key=size):
        st.graphviz_chart(column_picture(found[:_MOST_EDGES], (dataset, column)), width="content")
    everything = around(edges, (dataset, column))
    sources = sorted({edge.source for edge in everything} - {edge.target for edge in everything})
    st.caption(
        f"{len(everything):,} edges lead to it or from it. They begin at "
        + ", ".join(f"{name}.{field}" for name, field in sources[:_MOST_SOURCES])
        + (f" and {len(sources) - _MOST_SOURCES} more." if len(sources) > _MOST_SOURCES else ".")
    )


show(
    "Lineage", "Which column is made of which, from source to feed, as the last run of each recorded it.", body,
    needs="LINEAGE.OPENLINEAGE_OUTBOX",
)  # fmt: skip
