"""What the engine does not do it refuses by name, at once, and lists."""

import pytest

from c360_assets.warehouse.embedded.capabilities import capabilities

REFUSED = {
    "create stream st on table t.x": "streams",
    "create task k schedule = '1 minute' as select 1": "tasks",
    "create or replace dynamic table d target_lag = '1 minute' warehouse = w as select 1 a": "dynamic tables",
    "create masking policy p as (v string) returns string -> v": "masking policies",
    "create row access policy p as (v varchar) returns boolean -> true": "row access policies",
    "alter table t.x add row access policy p on (id)": "row access policies",
    "create procedure p() returns int language sql as $$ begin return 1; end $$": "stored procedures",
    "call p()": "stored procedures",
    "execute immediate 'select 1'": "EXECUTE IMMEDIATE",
    "begin let x := 1; return x; end": "Snowflake Scripting",
    "declare x int; begin return 1; end": "Snowflake Scripting",
    "alter table t.x swap with t.y": "SWAP",
    "select * from t.x at (offset => -60)": "Time Travel",
    "select * from t.x before (statement => 'x')": "Time Travel",
    "undrop table t.x": "Time Travel",
    "create materialized view v as select 1 a": "materialized views",
    "create external table e (a int) location = @s": "external tables",
    "create pipe p as copy into t.x from @s": "pipes",
    "copy into @s from t.x": "unloading",
    "get @s file:///tmp": "GET",
    "create stage s url = 's3://bucket'": "external stages",
    "create function f(x float) returns float language javascript as 'return x'": "JAVASCRIPT",
    "create aggregate function f(x int) returns int language python handler = 'h' as 'x'": "aggregate functions",
    "insert all into t.x values (1) select 1": "multi-table INSERT",
    "alter session set timezone = 'Europe/Berlin'": "TIMEZONE",
    "select * from table(flatten(input => parse_json('{}'), recursive => true))": "RECURSIVE",
}  # fmt: skip


@pytest.mark.parametrize("statement", REFUSED)
def test_it_is_refused_by_name(s, fails, statement):
    s.execute("create table t.x (id number)")
    message = fails(statement)
    assert "The embedded engine does not do" in message and REFUSED[statement] in message


def test_roles_grants_and_warehouses_are_accepted_and_listed_as_simulated(s):
    s.execute("create table t.x (id number)")
    for statement in (
        "create role if not exists reporter",
        "grant select on table t.x to role reporter",
        "revoke select on table t.x from role reporter",
        "grant usage on future schemas in database c360 to role reporter",
        "create warehouse if not exists w warehouse_size = 'XSMALL'",
        "use role reporter",
        "use warehouse w",
    ):
        s.execute(statement)
    assert s.rows("show grants on table t.x") == []
    simulated = [c.feature for c in capabilities() if c.level == "simulated"]
    assert any("grants" in f for f in simulated) and any("warehouses" in f for f in simulated)


def test_a_table_named_like_a_refused_object_is_no_matter(s):
    s.execute("create table t.stream (task number)")
    s.execute("create table t.tasks as select 1 as stream")
    assert s.scalar("select stream from t.tasks") == 1


def test_every_capability_says_what_it_is():
    listed = capabilities()
    assert {c.level for c in listed} == {"repaired", "simulated", "refused"}
    assert len({c.feature for c in listed}) == len(listed) and all(c.note for c in listed)
