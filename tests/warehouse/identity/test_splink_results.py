"""Clusters, single scores, charts and pages that Splink makes of predictions: the same on Snowflake as on DuckDB."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx
import pytest
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.exploratory import completeness_chart, profile_columns
from splink.internals.realtime import compare_records
from splink_pairs import SCHEMA, Row, Sides, plain, records, weighted

from c360_assets.identity.splink_backend import SnowflakeAPI
from c360_assets.warehouse import Warehouse

THRESHOLD = 0.6


def model(link_type: str = "dedupe_only") -> SettingsCreator:
    return SettingsCreator(
        link_type=link_type,
        comparisons=[
            weighted(cl.JaroWinklerAtThresholds("name", [0.9, 0.7]).configure(term_frequency_adjustments=True), 4),
            weighted(cl.LevenshteinAtThresholds("Post Code", [1]), 3),
            weighted(cl.ArrayIntersectAtSizes("tags", [1]), 2),
        ],
        blocking_rules_to_generate_predictions=[block_on("name"), block_on("Post Code")],
        probability_two_random_records_match=0.02,
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=True,
        additional_columns_to_retain=["person"],
    )


@pytest.fixture(scope="module")
def people(session: Warehouse) -> Sides:
    return Sides(session, people=records(90, seed=21))


@pytest.fixture(scope="module")
def three_tables(session: Warehouse) -> Sides:
    return Sides(session, shop=records(40, seed=1), office=records(40, seed=2), web=records(30, seed=4))


def predictions(linker: Linker, **options: Any) -> Any:
    return linker.inference.predict(warning_mode="never", **options)


def grouped(rows: list[Row]) -> set[frozenset[Any]]:
    """Which records are together; what a cluster is called does not matter."""
    clusters: dict[Any, set[Any]] = {}
    for row in rows:
        clusters.setdefault(row["cluster_id"], set()).add((row.get("source_dataset"), int(row["unique_id"])))
    return {frozenset(members) for members in clusters.values()}


def test_clusters_are_the_connected_components(people: Sides) -> None:
    def asked(linker: Linker) -> tuple[list[Row], list[Row]]:
        edges = predictions(linker)
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, THRESHOLD)
        return edges.as_record_list(), clusters.as_record_list()

    (_, expected), (edges, found) = people.ask(model, asked)
    graph = networkx.Graph()
    graph.add_nodes_from((None, number) for number in range(90))
    graph.add_edges_from(
        ((None, int(edge["unique_id_l"])), (None, int(edge["unique_id_r"])))
        for edge in edges
        if edge["match_probability"] >= THRESHOLD
    )
    assert grouped(found) == grouped(expected) == set(map(frozenset, networkx.connected_components(graph)))
    assert len(grouped(found)) < 90


@pytest.mark.parametrize("ties", ["drop", "lowest_id"])
def test_each_record_of_a_clean_table_has_one_partner(three_tables: Sides, ties: str) -> None:
    def asked(linker: Linker) -> list[Row]:
        return linker.clustering.cluster_using_single_best_links(
            predictions(linker),
            duplicate_free_datasets=["shop", "office"],
            threshold_match_probability=THRESHOLD,
            ties_method=ties,
        ).as_record_list()

    expected, found = three_tables.ask(lambda: model("link_only"), asked)
    assert grouped(found) == grouped(expected)
    assert any(len(cluster) > 1 for cluster in grouped(found))
    for cluster in grouped(found):
        assert len([table for table, _ in cluster if table == "shop"]) <= 1


def test_graph_metrics_are_the_same(people: Sides) -> None:
    def asked(linker: Linker) -> dict[str, list[Row]]:
        edges = predictions(linker)
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, THRESHOLD)
        metrics = linker.clustering.compute_graph_metrics(edges, clusters)
        return {part: getattr(metrics, part).as_record_list() for part in ("nodes", "edges", "clusters")}

    expected, found = people.ask(model, asked)
    keys = {
        "nodes": ("composite_unique_id",),
        "edges": ("composite_unique_id_l", "composite_unique_id_r"),
        "clusters": ("cluster_id",),
    }
    for part, by in keys.items():
        one, other = plain(expected[part], *by), plain(found[part], *by)
        assert one.keys() == other.keys()
        for key, row in one.items():
            assert {n: v for n, v in other[key].items() if n != "cluster_id"} == pytest.approx(
                {n: v for n, v in row.items() if n != "cluster_id"}, abs=1e-6
            )


def test_given_records_are_scored_alike(people: Sides) -> None:
    left, right = records(4, seed=21), records(3, seed=22)

    def asked(linker: Linker) -> list[Row]:
        linker.table_management.compute_tf_table("name")
        many = linker.inference.score_pairs(left, right).as_record_list()
        one = linker.inference.score_pair(left[0], right[1], include_found_by_blocking_rules=True)
        return [*many, *({**row, "unique_id_l": -1} for row in one.as_record_list())]

    same_weights(*people.ask(model, asked), 13)


def test_new_records_find_the_old_ones_alike(people: Sides) -> None:
    new = [{**row, "unique_id": row["unique_id"] + 1000} for row in records(12, seed=30)]

    def asked(linker: Linker) -> list[Row]:
        linker.table_management.compute_tf_table("name")
        inference, api = linker.inference, linker._db_api
        arrived = api.register(new, table_name="arrived")
        old = next(iter(linker._input_tables_dict.values()))
        between = inference.predict_between(old, arrived, warning_mode="never").as_record_list()
        within = inference.predict_within(arrived, threshold_match_weight=-20, warning_mode="never").as_record_list()
        return between + within

    same_weights(*people.ask(model, asked), 10)


def same_weights(expected: list[Row], found: list[Row], least: int) -> None:
    one, other = (plain(rows, "unique_id_l", "unique_id_r") for rows in (expected, found))
    assert len(expected) >= least
    assert one.keys() == other.keys()
    for key, row in one.items():
        assert other[key]["match_weight"] == pytest.approx(row["match_weight"], abs=1e-6)


def test_two_records_are_compared_in_real_time(session: Warehouse, people: Sides) -> None:
    left, right = records(2, seed=33)
    expected, found = people.ask(
        model,
        lambda linker: compare_records(
            {**left, "tf_name": 0.01},
            {**right, "tf_name": 0.02},
            model().create_settings_dict(linker._db_api.sql_dialect.sql_dialect_str),
            linker._db_api,
        ).as_record_list(),
    )
    same_weights(expected, found, 1)


def test_registered_term_frequencies_count(people: Sides) -> None:
    names = sorted({row["name"] for row in records(90, seed=21)} - {None})
    rare = [{"name": name, "tf_name": 0.001 * (n + 1)} for n, name in enumerate(names)]

    def asked(linker: Linker) -> list[Row]:
        given = linker._db_api.register(rare, table_name="rare_names")
        linker.table_management.register_term_frequency_lookup(given, "name")
        return predictions(linker).as_record_list()

    same_weights(*people.ask(model, asked), 20)


CHARTS: dict[str, Callable[[Linker, Any], Any]] = {
    "match weights": lambda linker, edges: linker.visualisations.match_weights_chart(),
    "m and u": lambda linker, edges: linker.visualisations.m_u_parameters_chart(),
    "histogram": lambda linker, edges: linker.visualisations.match_weights_histogram(edges),
    "term frequencies": lambda linker, edges: linker.visualisations.tf_adjustment_chart("name", 100, 100),
    "waterfall": lambda linker, edges: linker.visualisations.waterfall_chart(
        sorted(edges.as_record_list(), key=lambda row: (int(row["unique_id_l"]), int(row["unique_id_r"])))[:3]
    ),
    "unlinkables": lambda linker, edges: linker.evaluation.unlinkables_chart(),
    "threshold selection": lambda linker, edges: linker.evaluation.accuracy_analysis_from_labels_column("person"),
    "roc": lambda linker, edges: linker.evaluation.accuracy_analysis_from_labels_column("person", output_type="roc"),
    "completeness": lambda linker, edges: completeness_chart(list(linker._input_tables_dict.values())),
    "profile": lambda linker, edges: profile_columns(
        list(linker._input_tables_dict.values()), ["name", "substr(email, 1, 1)"], top_n=100, bottom_n=100
    ),
}


@pytest.fixture(scope="module")
def charts(people: Sides) -> tuple[dict[str, Any], dict[str, Any]]:
    def asked(linker: Linker) -> dict[str, Any]:
        edges = predictions(linker)
        drawn = {name: made(linker, edges) for name, made in CHARTS.items()}
        for chart in drawn.values():
            assert len(chart.to_html()) > 1000
        return {name: chart.chart_dict for name, chart in drawn.items()}

    return people.ask(model, asked)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_shows_the_same(charts: tuple[dict[str, Any], dict[str, Any]], name: str) -> None:
    expected, found = (flat(side[name]) for side in charts)
    assert found == expected


def flat(spec: Any) -> list[str]:
    """All that a chart holds, numbers to six places, rows in an order of their own."""
    if isinstance(spec, dict):
        return sorted(f"{key}={part}" for key, value in spec.items() if key != "sql_condition" for part in flat(value))
    if isinstance(spec, list | tuple):
        return sorted(str(flat(value)) for value in spec)
    if hasattr(spec, "__float__") and not isinstance(spec, str | bool):
        return [f"{float(spec):.5f}".replace("-0.00000", "0.00000")]
    return [str(spec)]


def test_pages_are_written(people: Sides, tmp_path: Path) -> None:
    def asked(linker: Linker) -> dict[str, int]:
        edges = predictions(linker)
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, THRESHOLD)
        where = tmp_path / type(linker._db_api).__name__
        where.mkdir()
        show = linker.visualisations
        show.comparison_viewer_dashboard(edges, str(where / "viewer.html"), num_example_rows=2)
        show.cluster_studio_dashboard(edges, clusters, str(where / "studio.html"), sampling_method="by_cluster_size")
        linker.evaluation.labelling_tool_for_specific_record(3, out_path=str(where / "labelling.html"))
        return {page.name: page.stat().st_size for page in where.glob("*.html")}

    expected, found = people.ask(model, asked)
    assert found.keys() == expected.keys() == {"viewer.html", "studio.html", "labelling.html"}
    assert min(found.values()) > 10_000


def test_results_can_be_queried_and_taken_out(people: Sides) -> None:
    def asked(linker: Linker) -> tuple[Any, ...]:
        edges = predictions(linker)
        counted = edges.query_sql("select count(*) as edges from {this} where match_weight > 0").as_record_list()
        frame, table = edges.as_pandas_dataframe(limit=5), edges.as_pyarrow_table(limit=4)
        return (
            int(counted[0]["edges"]),
            len(frame),
            table.num_rows,
            sorted(frame.columns),
            edges.as_duckdbpyrelation(limit=3).shape[0],
        )

    expected, found = people.ask(model, asked)
    assert found == expected


def test_records_with_arrays_and_dates_are_registered_by_value(session: Warehouse) -> None:
    rows = [{name: row[name] for name in ("unique_id", "name", "born", "seen", "tags")} for row in records(6, seed=2)]
    api = SnowflakeAPI(session, SCHEMA)
    found = api.register(rows, table_name="by_value").as_record_list()
    assert found == rows
    api.drop_tables()
