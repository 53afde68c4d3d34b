"""Python UDFs. Source: Snowflake documentation, "Creating Python UDFs", "SQL-Python Data Type Mappings"."""

from datetime import date
from decimal import Decimal

import pytest

from c360_assets.warehouse import Warehouse
from c360_assets.warehouse.embedded.process import stop


def _create(s, name, arguments, returns, body, options="", handler="f"):
    s.execute(
        f"create or replace function t.{name}({arguments}) returns {returns} language python {options} "
        f"runtime_version = '3.11' handler = '{handler}' as $$\n{body}\n$$"
    )


def test_the_handler_is_called_with_none_for_null(s):
    _create(s, "f", "x number, y varchar", "varchar", "def f(x, y):\n    return f'{x}|{y}'")
    assert s.rows("select t.f(1, 'a'), t.f(null, 'b')") == [("1|a", "None|b")]


@pytest.mark.parametrize("option", ["strict", "returns null on null input"])
def test_a_strict_function_is_not_called_for_null(s, option):
    _create(s, "f", "x number", "number", "def f(x):\n    return x + 1", option)
    assert s.rows("select t.f(1), t.f(null)") == [(2, None)]


@pytest.mark.parametrize(
    ("kind", "literal", "value"),
    [
        ("number", "5", 5),
        ("number(10, 2)", "1.25", Decimal("1.25")),
        ("float", "1.5", 1.5),
        ("boolean", "true", True),
        ("varchar", "'ä'", "ä"),
        ("date", "'2026-01-02'::date", date(2026, 1, 2)),
    ],
)
def test_scalars_go_in_and_come_back(s, kind, literal, value):
    _create(
        s,
        "f",
        f"x {kind}",
        kind,
        f"import datetime\nfrom decimal import Decimal\ndef f(x):\n    assert x == {value!r}\n    return x",
    )
    assert s.scalar(f"select t.f({literal})") == value


def test_variants_are_python_objects(s):
    body = "def f(v):\n    return {'n': len(v['items']), 'first': v['items'][0], 'none': None}"
    _create(s, "f", "v variant", "variant", body)
    row = s.rows(
        """select t.f(v):n::int, t.f(v):first::varchar, t.f(v) from (select parse_json('{"items": ["a", 2]}') v)"""
    )
    assert row == [(2, "a", '{"n":2,"first":"a","none":null}')]
    _create(s, "g", "v array", "object", "def f(v):\n    return {str(x): x for x in v}")
    assert s.scalar('select t.g(array_construct(1, 2)):"2"::int') == 2


def test_default_arguments_and_overloads_by_number(s):
    _create(s, "f", "x number, y number default 10", "number", "def f(x, y):\n    return x + y")
    _create(s, "f", "x number", "number", "def f(x):\n    return -x")
    assert s.rows("select t.f(1, 2), t.f(1)") == [(3, -1)]


def test_it_is_found_by_full_short_and_plain_name(s):
    _create(s, "f", "x number", "number", "def f(x):\n    return x * 2")
    s.execute("use schema t")
    database = s.settings.database
    assert s.rows(f"select {database}.t.f(1), t.f(2), f(3)") == [(2, 4, 6)]


def test_other_sessions_and_views_see_it_and_a_replaced_one_at_once(s, settings):
    _create(s, "f", "x number", "number", "def f(x):\n    return 1")
    s.execute("create view t.v as select t.f(0) as n")
    with Warehouse(settings) as other:
        assert other.scalar("select n from t.v") == 1
        _create(s, "f", "x number", "number", "def f(x):\n    return 2")
        assert other.scalar("select n from t.v") == 2


def test_errors_name_function_kind_and_line_but_no_value(s, fails):
    _create(s, "f", "x varchar", "number", "def f(x):\n    if x:\n        raise ValueError(x)\n    return 0")
    message = fails("select t.f('geheim')")
    assert "100357" in message and "ValueError" in message and "line 4" in message
    assert "geheim" not in message.split("(in:")[0]


def test_a_body_that_does_not_compile_and_a_missing_handler_are_refused_at_creation(s):
    with pytest.raises(Exception, match="SyntaxError"):
        _create(s, "f", "x number", "number", "def f(x:\n    return 1")
    with pytest.raises(Exception, match="no function 'f'"):
        _create(s, "f", "x number", "number", "def g(x):\n    return 1")


def test_packages_must_be_installed(s):
    _create(
        s, "f", "x varchar", "varchar", "import phonenumbers\ndef f(x):\n    return x", "packages = ('phonenumbers')"
    )
    with pytest.raises(Exception, match="not installed"):
        _create(s, "g", "x varchar", "varchar", "def f(x):\n    return x", "packages = ('no-such-package')")


def test_an_immutable_function_over_many_rows(s):
    _create(s, "f", "x number", "varchar", "def f(x):\n    return str(x)", "immutable")
    sql = "select count(distinct t.f(mod(seq4(), 7))), count(*) from table(generator(rowcount => 50000))"
    assert s.rows(sql) == [(7, 50000)]


def test_it_is_listed_described_and_dropped(s, fails):
    _create(s, "f", "x number", "number", "def f(x):\n    return x")
    assert [r[1] for r in s.rows("show user functions in schema t")] == ["F"]
    assert dict(s.rows("describe function t.f(number)"))["language"] == "PYTHON"
    s.execute("drop function t.f(number)")
    assert "Unknown user-defined function" in fails("select t.f(1)")


def test_it_survives_a_restart(own_engine):
    with Warehouse(own_engine) as w:
        w.execute("create function f(x number) returns number language python runtime_version='3.11' handler='f' "
                  "as 'def f(x): return x * 3'")  # fmt: skip
    stop(own_engine)
    with Warehouse(own_engine) as w:
        assert w.scalar("select f(14)") == 42
