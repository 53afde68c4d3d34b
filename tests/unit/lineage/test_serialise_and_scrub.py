from decimal import Decimal

import pytest

from lineage.scrub import error_text, sql_shape
from lineage.serialise import to_json


def test_decimals_and_sets_become_json_and_never_a_placeholder():
    assert to_json({"a": Decimal("3"), "b": Decimal("0.5"), "c": {"y", "x"}}) == '{"a":3,"b":0.5,"c":["x","y"]}'


def test_what_has_no_json_form_is_refused():
    with pytest.raises(TypeError, match="object"):
        to_json({"a": object()})


@pytest.mark.parametrize(
    ("sql", "shape"),
    [
        ("select a from t where b = 'it''s \\' x' and c = 42", "select a from t where b = '?' and c = ?"),
        ("select $$secret$$, col1 -- canary\n from t2 /* canary */", "select '?', col1 from t2"),
        ("select '-- not a comment' from t", "select '?' from t"),
        ("where x between 1.5 and 2e3", "where x between ? and ?"),
    ],
)
def test_sql_keeps_its_shape_and_loses_its_values(sql, shape):
    assert sql_shape(sql) == shape


def test_an_error_keeps_its_type_and_first_line():
    assert error_text(ValueError("Column \"X\" is null\nrow: 'canary'")) == "ValueError: Column '?' is null"
