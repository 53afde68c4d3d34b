"""Skipping fakesnow's idle transforms changes no statement."""

from pathlib import Path

import pytest
from fakesnow.cursor import FakeSnowflakeCursor
from sqlglot import exp, parse_one

from c360_assets.warehouse.embedded.engine import Engine
from c360_assets.warehouse.embedded.session import Session
from c360_assets.warehouse.embedded.translation import Translation

STATEMENTS = """
select a, "b", t.c from s.t as t where a = 1
select v:x.y[0]::int, v:x::varchar, upper(v:x), v['k'], split('a b', ' ')[0] from t
select try_parse_json('{}'), parse_json(a), to_variant(a), object_construct('a', 1, 'b', x), object_construct(*) from t
select object_construct_keep_null('a', null), array_construct(1, 2), array_cat(a, b), array_size(a), array_agg(x) from t
select array_agg(x) within group (order by y), object_agg(k, v), array_agg(x) over (partition by y) from t
select regexp_replace(a, 'b', 'c'), regexp_substr(a, 'b(.)', 1, 1, 'e', 1), trim(a), rtrim(a) from t
select f.value::varchar, f.key from t, lateral flatten(input => t.v) f
select to_date(a), to_date('2026-01-01'), to_timestamp(a), to_timestamp_ntz(1), a::timestamp_ntz, a::timestamp_tz from t
select to_decimal(a, 10, 2), try_to_number(a), a::number, a::number(10, 2), a::float, a::int, a::variant from t
select dateadd('day', 1, '2026-01-01'), dateadd(day, 1, a::date), datediff('day', '2026-01-01', '2026-01-02') from t
select sum(a), avg(b) as m, random(), random(1), haversine(1, 2, 3, 4), sha2(a, 256), sha2_binary(a), x'aa' from t
select * from t sample (10)
select column1 from values (1), (2)
select a from (values (1)) as v (a)
select s.nextval
select current_version(), current_timestamp()
select * from information_schema.tables where table_schema = 'S'
select * from information_schema.databases
select t.a as x from t join u on x = u.a where x > 1
select object_construct('a', a) as o from t where o is not null
select * from identifier('s.t')
select * from table(result_scan('abc'))
with r as (select 1 as n union all select n + 1 from r) select * from r qualify row_number() over (order by n) = 1
create or replace table s.x (id number, v varchar(10), w variant, ts timestamp_ntz, f float) comment = 'c'
create table x as select a::varchar(5) as a from t
create or replace table x (a, b) as select 1, 2
create view v comment = 'c' as select 1 as a
create table y clone x
create database other
create or replace stage stg
create tag pii
create table x (i int) cluster by (i)
alter table x cluster by (i)
alter table x set comment = 'c'
alter table x set tag a = 'b'
alter table x add column a varchar(3)
alter table x rename to y
alter session set autocommit = false
comment on table x is 'c'
drop schema s
drop table if exists x
use schema s
use database other
use role r
set a = 1
show tables in schema s
show objects in s limit 10
show terse schemas in database c360
show columns in table x
show primary keys in table x
show databases
show users
show stages
show sequences
show views
show warehouses
describe table x
insert into x (a) select b from t
insert into x values (1, 'a')
update x set a = u.b from u where x.a = u.a
delete from x using u where x.a = u.a
truncate table x
list @stg
put file:///tmp/a.csv @stg
copy into x from @stg file_format = (type = csv)
begin
commit
""".strip().splitlines()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder: Path = tmp_path_factory.mktemp("engine")
    opened = Engine(folder, "500MB", 1).connect("C360", "S", "")
    opened._duck_conn.execute("create table t (a varchar)")
    return opened


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_translated_statement_is_fakesnows(session: Session, statement: str):
    def translated(expression: exp.Expr) -> object:
        cursor = session.cursor()
        try:
            return FakeSnowflakeCursor._transform(cursor, expression, None)  # type: ignore[arg-type]
        except Exception as error:
            return type(error), str(error)

    plain = translated(parse_one(statement, read="snowflake"))
    quick = translated(Translation(parse_one(statement, read="snowflake")))  # type: ignore[arg-type]
    if isinstance(quick, Translation):
        assert isinstance(plain, exp.Expr)
        quick_sql, plain_sql = (e.sql("duckdb") for e in (quick.expression, plain))
        assert _without_times(quick_sql) == _without_times(plain_sql)
        marks = [{k for k in e.args if k not in type(e).arg_types} for e in (quick.expression, plain)]
        assert marks[0] == marks[1]
    else:
        assert quick == plain


def _without_times(sql: str) -> str:
    import re

    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.+]+", "", sql)
