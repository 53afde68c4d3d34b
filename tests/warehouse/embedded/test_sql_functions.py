"""SQL UDFs, scalar and tabular. Source: Snowflake documentation, "Introduction to SQL UDFs", "Tabular SQL UDFs"."""


def test_an_expression_over_its_arguments(s):
    s.execute("create function t.area(w number, h number) returns number as 'w * h'")
    assert s.scalar("select t.area(2 + 1, 4)") == 12


def test_a_query_body_reads_tables_of_its_own_schema(s):
    s.execute("create table t.x as select 1 as id union all select 2")
    s.execute("create function t.above(n number) returns number as $$ select count(*) from x where id > n $$")
    assert s.rows("select t.above(0), t.above(1)") == [(2, 1)]


def test_functions_call_functions(s):
    s.execute("create function t.one_more(n number) returns number as 'n + 1'")
    s.execute("create function t.two_more(n number) returns number as 'one_more(one_more(n))'")
    assert s.scalar("select t.two_more(5)") == 7


def test_a_tabular_function_stands_in_from(s):
    s.execute("create table t.x as select column1 as id, column2 as v from values (1, 'a'), (2, 'b')")
    s.execute(
        "create function t.of(n number) returns table (key number, value varchar) as 'select id, v from x where id = n'"
    )
    assert s.rows("select f.key, f.value from table(t.of(2)) as f") == [(2, "b")]


def test_too_few_arguments_are_an_error(s, fails):
    s.execute("create function t.f(a number, b number) returns number as 'a'")
    assert "Unknown user-defined function" in fails("select t.f(1)")
