"""All that Splink's linker does gives on Snowflake what it gives on Splink's own DuckDB, with the same settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import ColumnExpression, Linker, SettingsCreator, block_on
from splink_pairs import Row, Sides, plain, records

from c360_assets.warehouse import Warehouse

EDGE = ("source_dataset_l", "unique_id_l", "source_dataset_r", "unique_id_r")


def weighted(comparison: Any, *m: float) -> Any:
    """The weights are given: what is compared here is what is done with them."""
    return comparison.configure(m_probabilities=list(m), u_probabilities=[one / 20 for one in m[:-1]] + [0.9])


def names() -> Any:
    """Term frequencies with a weight and a least u, also on a level that is not the exact one."""
    return cl.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            cll.NullLevel("name"),
            cll.ExactMatchLevel("name").configure(
                tf_adjustment_column="name", tf_adjustment_weight=0.7, tf_minimum_u_value=0.02,
                m_probability=0.7, u_probability=0.05,
            ),
            cll.JaroWinklerLevel("name", 0.88).configure(
                tf_adjustment_column="name", tf_adjustment_weight=0.4, disable_tf_exact_match_detection=True,
                m_probability=0.2, u_probability=0.05,
            ),
            cll.ElseLevel().configure(m_probability=0.1, u_probability=0.9),
        ],
    )  # fmt: skip


def model(link_type: str, **options: Any) -> SettingsCreator:
    given = {
        "comparisons": [
            names(),
            weighted(cl.DamerauLevenshteinAtThresholds("other", [1, 2]), 0.6, 0.2, 0.1, 0.1),
            weighted(cl.ExactMatch("Post Code").configure(term_frequency_adjustments=True), 0.8, 0.2),
            weighted(cl.ArrayIntersectAtSizes("tags", [2, 1]), 0.5, 0.3, 0.2),
            weighted(
                cl.AbsoluteDateDifferenceAtThresholds(
                    "born", input_is_string=False, metrics=["month", "year"], thresholds=[1, 1]
                ),
                0.7, 0.1, 0.1, 0.1,
            ),
        ],
        "blocking_rules_to_generate_predictions": [block_on("name"), block_on("Post Code", "substr(email, 1, 1)")],
        "probability_two_random_records_match": 0.01,
        "retain_intermediate_calculation_columns": True,
        "retain_matching_columns": True,
        **options,
    }  # fmt: skip
    return SettingsCreator(link_type=link_type, **given)


@pytest.fixture(scope="module")
def one_table(session: Warehouse) -> Sides:
    return Sides(session, people=records(120, seed=3))


@pytest.fixture(scope="module")
def two_tables(session: Warehouse) -> Sides:
    return Sides(session, shop=records(70, seed=8), office=records(60, seed=9))


def same_edges(expected: list[Row], found: list[Row], keys: tuple[str, ...] = EDGE) -> None:
    keys = tuple(key for key in keys if key in expected[0])
    one, other = plain(expected, *keys), plain(found, *keys)
    assert one.keys() == other.keys()
    for key, edge in one.items():
        assert set(edge) == set(other[key])
        for name in edge:
            if name.startswith(("match_", "gamma_", "bf_", "tf_", "mw_")) and edge[name] is not None:
                assert other[key][name] == pytest.approx(edge[name], abs=1e-6), (key, name)


def predicted(linker: Linker, **options: Any) -> list[Row]:
    return linker.inference.predict(warning_mode="never", **options).as_record_list()


@pytest.mark.parametrize("options", [{}, {"threshold_match_weight": 2.0}, {"threshold_match_probability": 0.9},
                                     {"num_chunks_left": 2, "num_chunks_right": 2}])  # fmt: skip
def test_predictions_weigh_the_same(one_table: Sides, options: dict[str, Any]) -> None:
    expected, found = one_table.ask(lambda: model("dedupe_only"), lambda linker: predicted(linker, **options))
    assert len(expected) >= 10
    same_edges(expected, found)


@pytest.mark.parametrize("link_type", ["link_only", "link_and_dedupe"])
def test_tables_are_linked_alike(two_tables: Sides, link_type: str) -> None:
    expected, found = two_tables.ask(lambda: model(link_type), predicted)
    assert len(expected) > 20
    same_edges(expected, found)


def test_arrays_are_exploded_for_blocking(two_tables: Sides) -> None:
    rules = [
        block_on("tags", "substr(name, 1, 1)", arrays_to_explode=["tags"]),
        block_on("tags", "names", arrays_to_explode=["tags", "names"]),
        block_on("Post Code"),
    ]
    expected, found = two_tables.ask(
        lambda: model("link_and_dedupe", blocking_rules_to_generate_predictions=rules), predicted
    )
    assert len({row["match_key"] for row in expected}) == 3
    same_edges(expected, found)


def test_deterministic_rules_link_alike(one_table: Sides) -> None:
    expected, found = one_table.ask(
        lambda: model("dedupe_only"),
        lambda linker: linker.inference.deterministic_link().as_record_list(),
    )
    assert len(expected) > 20
    same_edges(expected, found)


def test_training_learns_alike(one_table: Sides) -> None:
    def untrained() -> SettingsCreator:
        return SettingsCreator(
            link_type="dedupe_only",
            comparisons=[
                cl.JaroWinklerAtThresholds("name", [0.9, 0.7]).configure(term_frequency_adjustments=True),
                cl.LevenshteinAtThresholds("other", [1]),
                cl.ArrayIntersectAtSizes("tags", [1]),
            ],
        )

    def learnt(linker: Linker) -> dict[str, list[float]]:
        training = linker.training
        training.estimate_probability_two_random_records_match([block_on("name", "other"), block_on("email")], 0.7)
        training.estimate_u_using_random_sampling(max_pairs=10**7, seed=1, num_chunks=1)
        training.estimate_parameters_using_expectation_maximisation(block_on("Post Code"))
        training.estimate_parameters_using_expectation_maximisation(
            block_on("born"), estimate_without_term_frequencies=True
        )
        saved = linker.misc.save_model_to_json()
        weights = {
            f"{comparison['output_column_name']} {number} {share}": level.get(share)
            for comparison in saved["comparisons"]
            for number, level in enumerate(comparison["comparison_levels"])
            for share in ("m_probability", "u_probability")
        }
        return {**weights, "prior": saved["probability_two_random_records_match"]}

    expected, found = one_table.ask(untrained, learnt)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        # Where no true pair reached a level, Splink has no m and ours is next to nothing.
        assert found[name] == pytest.approx(value, abs=1e-6), name


@pytest.mark.parametrize("how", ["label_column", "pairwise_labels"])
def test_m_is_learnt_from_labels_alike(one_table: Sides, how: str) -> None:
    def learnt(linker: Linker) -> list[float]:
        if how == "label_column":
            linker.training.estimate_m_from_label_column("person")
        else:
            linker.training.estimate_m_from_pairwise_labels(labelled(linker))
        return [
            level.get("m_probability", -1.0)
            for comparison in linker.misc.save_model_to_json()["comparisons"]
            for level in comparison["comparison_levels"]
        ]

    expected, found = one_table.ask(lambda: model("dedupe_only"), learnt)
    assert found == pytest.approx(expected, abs=1e-6)


def labelled(linker: Linker) -> Any:
    """Every pair of thirty records; one name is one person."""
    people = records(120, seed=3)[:30]
    rows = [
        {
            "unique_id_l": one["unique_id"],
            "unique_id_r": other["unique_id"],
            "clerical_match_score": 0.9 if one["name"] and one["name"] == other["name"] else 0.1,
        }
        for n, one in enumerate(people)
        for other in people[n + 1 :]
    ]
    return linker.table_management.register_labels_table(linker._db_api.register(rows, table_name="labels"))


TRUTH: dict[str, Callable[[Linker], list[Row]]] = {
    "accuracy by column": lambda linker: linker.evaluation.accuracy_analysis_from_labels_column(
        "person", output_type="table", add_metrics=["f1", "phi", "p4"]
    ).as_record_list(),
    "accuracy by table": lambda linker: linker.evaluation.accuracy_analysis_from_labels_table(
        labelled(linker), output_type="table", add_metrics=["f1", "specificity"]
    ).as_record_list(),
}


@pytest.mark.parametrize("how", TRUTH)
def test_accuracy_is_measured_alike(one_table: Sides, how: str) -> None:
    expected, found = one_table.ask(lambda: model("dedupe_only"), TRUTH[how])
    expected.sort(key=lambda row: row["truth_threshold"])
    found.sort(key=lambda row: row["truth_threshold"])
    assert len(found) == len(expected) > 3
    for one, other in zip(expected, found, strict=True):
        assert {k: float(v) for k, v in other.items()} == pytest.approx({k: float(v) for k, v in one.items()}, abs=1e-6)


ERRORS: dict[str, Callable[[Linker], list[Row]]] = {
    "by column": lambda linker: linker.evaluation.prediction_errors_from_labels_column("person").as_record_list(),
    "by table": lambda linker: linker.evaluation.prediction_errors_from_labels_table(labelled(linker)).as_record_list(),
}


@pytest.mark.parametrize("how", ERRORS)
def test_prediction_errors_are_found_alike(one_table: Sides, how: str) -> None:
    expected, found = one_table.ask(lambda: model("dedupe_only"), ERRORS[how])
    assert expected
    same_edges(expected, found)


def test_blocking_is_counted_alike(one_table: Sides) -> None:
    rules = [block_on("name"), block_on("Post Code"), "l.other = r.other and l.amount < r.amount"]

    def counted(linker: Linker) -> tuple[Any, Any]:
        analysis = linker.blocking_analysis
        counts = analysis.count_comparisons_from_blocking_rules(rules, record_sample_proportion=1.0)
        largest = analysis.n_largest_blocks(block_on("Post Code"), n_largest=4).as_record_list()
        spec = analysis.chart_comparisons_from_blocking_rules(rules, record_sample_proportion=1.0).chart_dict
        assert spec["data"]["values"]
        return (
            [[int(value) for name, value in vars_of(row).items() if name.endswith("count")] for row in counts],
            sorted(
                (row["key_0"], int(row["count_l"]), int(row["count_r"]), int(row["block_count"])) for row in largest
            ),
        )

    expected, found = one_table.ask(lambda: model("dedupe_only"), counted)
    assert found == expected


def vars_of(row: Any) -> dict[str, Any]:
    return row if isinstance(row, dict) else vars(row)


def test_column_expressions_and_comparisons_of_the_whole_library_train_together(one_table: Sides) -> None:
    def settings() -> SettingsCreator:
        return SettingsCreator(
            link_type="dedupe_only",
            comparisons=[
                weighted(cl.NameComparison("name"), 0.5, 0.2, 0.1, 0.1, 0.1),
                weighted(cl.PostcodeComparison("Post Code"), 0.5, 0.2, 0.1, 0.1, 0.1),
                weighted(cl.EmailComparison("email"), 0.5, 0.2, 0.1, 0.1, 0.1),
                weighted(cl.LevenshteinAtThresholds(ColumnExpression("other").lower().nullif(""), [2]), 0.6, 0.3, 0.1),
            ],
            blocking_rules_to_generate_predictions=["l.amount = r.amount"],
            probability_two_random_records_match=0.02,
            retain_intermediate_calculation_columns=True,
        )

    expected, found = one_table.ask(settings, predicted)
    assert len(expected) > 300
    same_edges(expected, found)
