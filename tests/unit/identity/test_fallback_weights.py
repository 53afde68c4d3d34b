"""What a model says of columns that the data are silent about."""

import copy

from c360_assets.identity.models import PERSON
from c360_assets.identity.training import LEAST_M, declared_settings, with_fallback


def test_a_column_that_is_null_throughout_keeps_its_declared_comparison() -> None:
    declared = declared_settings(PERSON, 1000)
    trained = copy.deepcopy(declared)
    trained["comparisons"] = [c for c in trained["comparisons"] if c["output_column_name"] != "phone"]
    result = with_fallback(trained, declared)
    names = [c["output_column_name"] for c in result["comparisons"]]
    assert names == [c["output_column_name"] for c in declared["comparisons"]]
    (kept,) = [c for c in result["comparisons"] if c["output_column_name"] == "phone"]
    (given,) = [c for c in declared["comparisons"] if c["output_column_name"] == "phone"]
    shares = [(one.get("m_probability"), one.get("u_probability")) for one in kept["comparison_levels"]]
    assert shares == [(one.get("m_probability"), one.get("u_probability")) for one in given["comparison_levels"]]


def test_a_level_without_weights_gets_the_declared_ones_and_none_is_certain() -> None:
    declared = declared_settings(PERSON, 1000)
    trained = copy.deepcopy(declared)
    del trained["comparisons"][0]["comparison_levels"][1]["m_probability"]
    trained["comparisons"][0]["comparison_levels"][2]["m_probability"] = 0.0
    levels = with_fallback(trained, declared)["comparisons"][0]["comparison_levels"]
    assert levels[1]["m_probability"] == declared["comparisons"][0]["comparison_levels"][1]["m_probability"]
    assert levels[2]["m_probability"] == LEAST_M
