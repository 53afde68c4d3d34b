"""Statements in the shape in which dbt-snowflake sends them (snapshot, incremental, docs, grants)."""


def test_the_statements_of_an_incremental_merge(s):
    database = s.settings.database
    s.execute(f"create or replace transient table {database}.T.target as (select 1 as id, 'a' as v)")
    s.execute(f"create or replace  temporary view {database}.T.target__dbt_tmp as (select 1 as id, 'b' as v)")
    s.execute(f"describe table {database}.T.target__dbt_tmp")
    s.execute(f"""merge into {database}.T.target as DBT_INTERNAL_DEST
        using {database}.T.target__dbt_tmp as DBT_INTERNAL_SOURCE
        on ((DBT_INTERNAL_SOURCE.id = DBT_INTERNAL_DEST.id))
        when matched then update set "ID" = DBT_INTERNAL_SOURCE."ID","V" = DBT_INTERNAL_SOURCE."V"
        when not matched then insert ("ID", "V") values ("ID", "V");""")
    s.execute(f"drop view if exists {database}.T.target__dbt_tmp cascade")
    assert s.rows("select id, v from t.target") == [(1, "b")]


def test_the_statements_of_an_incremental_delete_insert(s):
    s.execute("create table t.target as select 1 as id, 'a' as v")
    s.execute("create or replace temporary table t.target__dbt_tmp as (select 1 as id, 'b' as v)")
    s.execute("begin")
    s.execute("""delete from t.target as DBT_INTERNAL_DEST
        where (id) in (select distinct id from t.target__dbt_tmp as DBT_INTERNAL_SOURCE)""")
    s.execute('insert into t.target ("ID", "V") (select "ID", "V" from t.target__dbt_tmp)')
    s.execute("commit")
    assert s.rows("select id, v from t.target") == [(1, "b")]


def test_what_dbt_asks_of_the_catalogue(s):
    database = s.settings.database
    s.execute("create table t.x (id number(38,0), v varchar(20))")
    s.execute("create view t.v as select 1 as a")
    names = [d[0] for d in s.execute(f"show objects in {database}.T limit 10000").description]
    assert {"name", "kind", "schema_name", "database_name"} <= set(names)
    assert sorted(r[1] for r in s.rows(f"show objects in {database}.T limit 10000")) == ["V", "X"]
    assert "T" in [r[1] for r in s.rows(f"show terse schemas in database {database} limit 10000")]
    assert [(r[0], r[1]) for r in s.rows(f"describe table {database}.T.x")] == [
        ("ID", "NUMBER(38,0)"),
        ("V", "VARCHAR(20)"),
    ]
    assert s.scalar(f"select count(*) from {database}.information_schema.schemata where schema_name = 'T'") == 1


def test_a_described_table_tells_snowflakes_type_of_every_column(s, fails):
    s.execute("""create table t.x (
        n number, m number(10,2) not null, v varchar(20) default 'a', b boolean, d date, ntz timestamp_ntz,
        tz timestamp_tz, tm time, bin binary, j variant, f float, i integer)""")
    assert [(r[0], r[1], r[2], r[3]) for r in s.rows("desc table t.x")] == [
        ("N", "NUMBER(38,0)", "COLUMN", "Y"),
        ("M", "NUMBER(10,2)", "COLUMN", "N"),
        ("V", "VARCHAR(20)", "COLUMN", "Y"),
        ("B", "BOOLEAN", "COLUMN", "Y"),
        ("D", "DATE", "COLUMN", "Y"),
        ("NTZ", "TIMESTAMP_NTZ(9)", "COLUMN", "Y"),
        ("TZ", "TIMESTAMP_TZ(9)", "COLUMN", "Y"),
        ("TM", "TIME(9)", "COLUMN", "Y"),
        ("BIN", "BINARY(8388608)", "COLUMN", "Y"),
        ("J", "VARIANT", "COLUMN", "Y"),
        ("F", "FLOAT", "COLUMN", "Y"),
        ("I", "NUMBER(38,0)", "COLUMN", "Y"),
    ]
    assert "ABSENT" in fails("describe table t.absent").upper()
