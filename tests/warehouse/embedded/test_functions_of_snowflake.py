"""Repairs of single functions. Source: the Snowflake documentation page of each function."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from c360_assets.warehouse import Warehouse


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("try_cast(v as timestamp_ntz)", None),
        ("try_to_timestamp_ntz(v)", None),
        ("try_to_timestamp_ntz('2026-01-02T03:04:05Z')", datetime(2026, 1, 2, 3, 4, 5)),
        ("try_to_timestamp_tz('2026-01-02T03:04:05.5+02:00')", datetime(2026, 1, 2, 1, 4, 5, 500000, tzinfo=UTC)),
        ("try_to_timestamp_tz('2026-01-02')", datetime(2026, 1, 2, tzinfo=UTC)),
        ("try_to_date('03/02/2026', 'DD/MM/YYYY')", date(2026, 2, 3)),
        ("try_to_date(v, 'YYYY-MM-DD')", None),
        ("to_timestamp_ntz(n)", datetime(2025, 12, 29, 9, 20)),
        ("to_timestamp_ntz(n * 1000, 3)", datetime(2025, 12, 29, 9, 20)),
        ("to_timestamp_ntz('2026-01-02')", datetime(2026, 1, 2)),
        ("rtrim('a..', '.')", "a"),
        ("ltrim('00123', '0')", "123"),
        ("soundex('Robert')", "R163"),
        ("soundex('Tymczak')", "T522"),
        ("soundex('Pfister')", "P236"),
        ("parse_json('\"x\"')::varchar", "x"),
        ("'text'::variant::varchar", "text"),
        ("'text'::variant", '"text"'),
        ("object_construct('a', 1, 'b', null, 'c', v)", '{"a":1,"c":"garbage"}'),
        ("object_construct_keep_null('a', null)", '{"a":null}'),
        ("array_sort(split('b a', ' '))", '["a","b"]'),
        ("array_sort(array_construct(10, 9, 1))", "[1,9,10]"),
        ("array_except(split('a b', ' '), split('b', ' '))", '["a"]'),
        ("array_intersection(split('a b', ' '), split('b', ' '))", '["b"]'),
        ("arrays_overlap(split('a b', ' '), split('c', ' '))", False),
        ("array_contains('a'::variant, split('a b', ' '))", True),
        ("array_to_string(split('a b', ' '), '-')", "a-b"),
        ("array_size(split('a b', ' '))", 2),
    ],
)
def test_a_function_answers_as_documented(s, expression, value):
    s.execute("create table t.x as select 'garbage' as v, 1767000000 as n")
    assert s.scalar(f"select {expression} from t.x") == value


def test_count_if_over_no_rows_is_zero(s):
    assert s.scalar("select count_if(a > 1) from (select 1 as a where false)") == 0


def test_hashes_are_signed_and_stable(s):
    first = s.rows("select hash('a'), hash(1, 'b'), hash('a')::varchar, hash_agg(column1) from values (1), (2), (2)")
    assert first == s.rows(
        "select hash('a'), hash(1, 'b'), hash('a')::varchar, hash_agg(column1) from values (2), (1), (2)"
    )
    assert all(-(2**63) <= value < 2**63 for value in (first[0][0], first[0][1], first[0][3]))
    assert first[0][2] == str(first[0][0])


def test_split_to_table_numbers_its_parts(s):
    s.execute("create table t.x as select 'a b' as v")
    rows = s.rows("select f.index, f.value from t.x, lateral split_to_table(x.v, ' ') f order by 1")
    assert rows == [(1, "a"), (2, "b")]


def test_flatten_obeys_outer_and_path(s):
    s.execute("""create table t.x as select 1 as id, parse_json('{"a": [{"n": 5}, {"n": 6}], "e": []}') as v""")
    assert s.rows(
        "select f.index, f.value:n::int from t.x, lateral flatten(input => x.v, path => 'a') f order by 1"
    ) == [
        (0, 5),
        (1, 6),
    ]
    assert s.rows("select id, f.value from t.x, lateral flatten(input => x.v:e, outer => true) f") == [(1, None)]
    assert s.rows("select f.key, f.path from t.x, lateral flatten(x.v) f order by 1") == [("a", "a"), ("e", "e")]


def test_columns_of_values_have_names(s):
    assert s.rows("select v.column1, v.column2 from (values (1, 'a')) as v") == [(1, "a")]


def test_integers_do_not_overflow_at_32_bits(s):
    s.execute("create table t.x as select 2000000000 as n, case when true then 1 else 0 end as c, sum(1) as total")
    assert s.rows("select n * 1000, n * n from t.x") == [(2_000_000_000_000, 4_000_000_000_000_000_000)]
    assert {r[1] for r in s.rows("describe table t.x")} == {"NUMBER(38,0)"}


def test_sums_of_numbers_are_exact(s, fails):
    s.execute("create table t.x as select column1::number(10, 2) as amount, 'text' as v from values (0.1), (0.2)")
    assert s.rows("select sum(amount) from t.x") == [(Decimal("0.30"),)]
    assert s.execute("select sum(amount) from t.x").description[0].name == "SUM(AMOUNT)"
    fails("select sum(v) from t.x")


def test_numbers_inside_variants_are_summed(s):
    assert s.scalar("""select sum(v:n) from (select parse_json('{"n": 2}') as v)""") == 2


def test_object_agg_orders_its_keys_and_leaves_nulls_out(s):
    rows = "from values ('b', 1), ('a', 2), ('c', null) as v (k, n)"
    assert s.scalar(f"select object_agg(k, n) {rows}") == '{"a":2,"b":1}'
    assert s.scalar(f"select object_agg(k, n) {rows} where false") == "{}"
    assert s.rows(f"select distinct object_agg(k, n) over () {rows}") == [('{"a":2,"b":1}',)]


def test_context_functions_answer(s):
    row = s.rows("select current_warehouse(), current_role(), current_user(), current_account(), current_session()")[0]
    assert all(row)
    assert s.execute("select current_role()").description[0].name == "CURRENT_ROLE()"


def test_jaro_winkler_similarity_cuts_off_what_is_no_whole_hundredth(s):
    # The values of Snowflake's own examples; 56.5 of the first is not rounded up.
    assert s.rows(
        "select jarowinkler_similarity('Gute nacht', 'Ich weis nicht'), jarowinkler_similarity('Snowflake', 'Oracle'), "
        "jarowinkler_similarity('', ''), jarowinkler_similarity('TEST', 'test'), jarowinkler_similarity('a', null)"
    ) == [(56, 61, 0, 100, None)]


def test_octet_length_counts_the_bytes_of_text(s):
    assert s.rows("select octet_length('abc'), octet_length('Müller'), octet_length(''), octet_length(null)") == [
        (3, 7, 0, None)
    ]


def test_random_is_a_signed_64_bit_integer_at_any_depth(s):
    rows = s.rows(
        "with drawn as (select * from (select random() as r, random() as q from table(generator(rowcount => 200)))) "
        "select r, q from drawn"
    )
    numbers = [number for row in rows for number in row]
    assert all(-(2**63) <= number < 2**63 for number in numbers)
    assert len(set(numbers)) == 400
    assert min(numbers) < -(2**62) and max(numbers) > 2**62


def test_all_columns_of_a_table_by_its_qualified_name(s):
    s.execute("create table t.one as select 1 as a")
    s.execute("create table t.two as select 1 as a, 2 as b")
    assert s.rows("select t.one.*, t.two.b from t.one inner join t.two on t.one.a = t.two.a") == [(1, 2)]


def test_flatten_keeps_working_after_create_database_if_not_exists_of_the_current_one(warehouse: Warehouse) -> None:
    database = warehouse.settings.database
    warehouse.execute(f"create database if not exists {database}")
    with Warehouse(warehouse.settings) as again:
        again.execute(f"create database if not exists {database}")
        assert again.scalar("select count(*) from table(flatten(input => parse_json('[1, 2]')))") == 2
