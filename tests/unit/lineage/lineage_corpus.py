"""Snowflake SQL with its column lineage, written by hand from the SQL's meaning.

Tables: S.T (ID, A, B, C, V variant), S.U (ID, X, Y), S.E (ID, PARENT_ID, NAME), S.OUT (ID, A, B).
Letters: I identity, T transformation, A aggregation; J join, F filter, G group by, S sort, W window,
C conditional; ! masks. A column without a table is of S.T.
"""

from __future__ import annotations

from typing import NamedTuple

TABLES = {
    "C360.S.T": ["ID", "A", "B", "C", "V"],
    "C360.S.U": ["ID", "X", "Y"],
    "C360.S.E": ["ID", "PARENT_ID", "NAME"],
    "C360.S.OUT": ["ID", "A", "B"],
    "C360.S.lower": ["a b"],
}


class Case(NamedTuple):
    name: str
    sql: str
    fields: dict[str, dict[str, str]]
    dataset: dict[str, str] | None = None
    target: str = "C360.S.OUT"


def select(name: str, sql: str, fields: dict[str, dict[str, str]], dataset: dict[str, str] | None = None) -> Case:
    return Case(name, f"create or replace table s.out as {sql}", fields, dataset or {})


CASES = [
    select("plain columns", "select id, a from s.t", {"ID": {"ID": "I"}, "A": {"A": "I"}}),
    select("renamed", "select a as z from s.t", {"Z": {"A": "I"}}),
    select("literal has no source", "select 1 as one from s.t", {"ONE": {}}),
    select("arithmetic", "select a + b as ab from s.t", {"AB": {"A": "T", "B": "T"}}),
    select("cast", "select a::varchar as a from s.t", {"A": {"A": "T"}}),
    select("coalesce", "select coalesce(a, b, 'x') as z from s.t", {"Z": {"A": "T", "B": "T"}}),
    select("concat and function", "select upper(trim(a)) || '-' || b as z from s.t", {"Z": {"A": "T", "B": "T"}}),
    select(
        "hash masks",
        "select sha2(a) as h, md5(b) as m, hash(a, c) as n from s.t",
        {"H": {"A": "T!"}, "M": {"B": "T!"}, "N": {"A": "T!", "C": "T!"}},
    ),
    select(
        "user defined function",
        "select s.normalise(a, b):name::varchar as z from s.t",
        {"Z": {"A": "T", "B": "T"}},
    ),
    select("star", "select * from s.t", {c: {c: "I"} for c in ("ID", "A", "B", "C", "V")}),
    select(
        "qualified star",
        "select u.* from s.t join s.u on t.id = u.id",
        {"ID": {"U.ID": "I"}, "X": {"U.X": "I"}, "Y": {"U.Y": "I"}},
        {"ID": "J", "U.ID": "J"},
    ),
    select(
        "star exclude and rename",
        "select * exclude (v, c) rename (b as bb) from s.t",
        {"ID": {"ID": "I"}, "A": {"A": "I"}, "BB": {"B": "I"}},
    ),
    select(
        "star exclude one without brackets",
        "select * exclude v from s.t",
        {c: {c: "I"} for c in ("ID", "A", "B", "C")},
    ),
    select(
        "star replace",
        "select * replace (a + b as a) from s.t",
        {"ID": {"ID": "I"}, "A": {"A": "T", "B": "T"}, "B": {"B": "I"}, "C": {"C": "I"}, "V": {"V": "I"}},
    ),
    select("star ilike", "select * ilike 'i%' from s.t", {"ID": {"ID": "I"}}),
    select("quoted lower-case names", 'select "a b" as "z z" from s."lower"', {"z z": {"lower.a b": "I"}}),
    select("full name with database", "select t.a from c360.s.t as t", {"A": {"A": "I"}}),
    select("where", "select a from s.t where b > 1 and c is not null", {"A": {"A": "I"}}, {"B": "F", "C": "F"}),
    select(
        "inner join",
        "select t.a, u.x from s.t as t inner join s.u as u on t.id = u.id",
        {"A": {"A": "I"}, "X": {"U.X": "I"}},
        {"ID": "J", "U.ID": "J"},
    ),
    select(
        "unqualified columns in a join",
        "select a, x from s.t as t join s.u as u on t.id = u.id",
        {"A": {"A": "I"}, "X": {"U.X": "I"}},
        {"ID": "J", "U.ID": "J"},
    ),
    select(
        "comma join",
        "select a, x from s.t, s.u where t.id = u.id",
        {"A": {"A": "I"}, "X": {"U.X": "I"}},
        {"ID": "F", "U.ID": "F"},
    ),
    select(
        "join using",
        "select id, a, x from s.t join s.u using (id)",
        {"ID": {"ID": "I"}, "A": {"A": "I"}, "X": {"U.X": "I"}},
        {"ID": "J", "U.ID": "J"},
    ),
    select(
        "right join using",
        "select id from s.t right join s.u using (id)",
        {"ID": {"U.ID": "I"}},
        {"ID": "J", "U.ID": "J"},
    ),
    select(
        "full join using takes both",
        "select id from s.t full outer join s.u using (id)",
        {"ID": {"ID": "T", "U.ID": "T"}},
        {"ID": "J", "U.ID": "J"},
    ),
    select(
        "star over join using",
        "select * exclude (v, c, b) from s.t join s.u using (id)",
        {"ID": {"ID": "I"}, "A": {"A": "I"}, "X": {"U.X": "I"}, "Y": {"U.Y": "I"}},
        {"ID": "J", "U.ID": "J"},
    ),
    select(
        "natural join",
        "select a, x from s.t natural join s.u",
        {"A": {"A": "I"}, "X": {"U.X": "I"}},
        {"ID": "J", "U.ID": "J"},
    ),
    select(
        "self join",
        "select l.id as l, r.id as r from s.t l join s.t r on l.a = r.a and l.id < r.id",
        {"L": {"ID": "I"}, "R": {"ID": "I"}},
        {"A": "J", "ID": "J"},
    ),
    select(
        "asof join",
        "select t.id, u.x from s.t t asof join s.u u match_condition (t.a >= u.y) on t.id = u.id",
        {"ID": {"ID": "I"}, "X": {"U.X": "I"}},
        {"A": "J", "U.Y": "J", "ID": "J", "U.ID": "J"},
    ),
    select(
        "group by",
        "select a, sum(b) as s, count(*) as n from s.t group by a",
        {"A": {"A": "I"}, "S": {"B": "A"}, "N": {}},
        {"A": "G"},
    ),
    select(
        "group by position",
        "select a, max(b) as m from s.t group by 1",
        {"A": {"A": "I"}, "M": {"B": "A"}},
        {"A": "G"},
    ),
    select(
        "group by all",
        "select a, lower(b) as b, min(c) as m from s.t group by all",
        {"A": {"A": "I"}, "B": {"B": "T"}, "M": {"C": "A"}},
        {"A": "G", "B": "G"},
    ),
    select(
        "group by alias",
        "select upper(a) as k, count(b) as n from s.t group by k",
        {"K": {"A": "T"}, "N": {"B": "A!"}},
        {"A": "G"},
    ),
    select("count distinct masks", "select count(distinct a) as n from s.t", {"N": {"A": "A!"}}),
    select("count_if", "select count_if(a > b) as n from s.t", {"N": {"A": "A!", "B": "A!"}}),
    select("having", "select a from s.t group by a having max(b) > 1", {"A": {"A": "I"}}, {"A": "G", "B": "F"}),
    select(
        "grouping sets",
        "select a, b, sum(c) as s from s.t group by grouping sets ((a), (a, b))",
        {"A": {"A": "I"}, "B": {"B": "I"}, "S": {"C": "A"}},
        {"A": "G", "B": "G"},
    ),
    select(
        "rollup",
        "select a, sum(c) as s from s.t group by rollup (a, b)",
        {"A": {"A": "I"}, "S": {"C": "A"}},
        {"A": "G", "B": "G"},
    ),
    select(
        "sum of case",
        "select sum(case when a = 1 then b else 0 end) as s from s.t",
        {"S": {"A": "C", "B": "A"}},
    ),
    select("sum of iff", "select sum(iff(a = 1, b, c)) as s from s.t", {"S": {"A": "C", "B": "A", "C": "A"}}),
    select(
        "max_by",
        "select max_by(a, b) as z, min_by(a, c) as y from s.t",
        {"Z": {"A": "A", "B": "S"}, "Y": {"A": "A", "C": "S"}},
    ),
    select(
        "listagg",
        "select listagg(a, ',') within group (order by b) as z from s.t",
        {"Z": {"A": "A", "B": "S"}},
    ),
    select("listagg distinct", "select listagg(distinct a, ',') as z from s.t", {"Z": {"A": "A"}}),
    select(
        "array_agg",
        "select array_agg(a) within group (order by b desc) as z from s.t",
        {"Z": {"A": "A", "B": "S"}},
    ),
    select(
        "array_agg of object",
        "select array_agg(object_construct('k', a, 'l', b)) within group (order by c) as z from s.t",
        {"Z": {"A": "A", "B": "A", "C": "S"}},
    ),
    select("object_agg", "select object_agg(a, v) as z from s.t", {"Z": {"A": "A", "V": "A"}}),
    select(
        "boolor_agg",
        "select boolor_agg(a > 1) as z, any_value(b) as y, mode(c) as x from s.t",
        {"Z": {"A": "A"}, "Y": {"B": "A"}, "X": {"C": "A"}},
    ),
    select(
        "median and percentile",
        "select median(a) as m, percentile_cont(0.5) within group (order by b) as p from s.t",
        {"M": {"A": "A"}, "P": {"B": "A"}},
    ),
    select(
        "object_construct star",
        "select object_construct(*) as o from s.u",
        {"O": {"U.ID": "T", "U.X": "T", "U.Y": "T"}},
    ),
    select("hash star", "select hash(*) as h from s.u", {"H": {"U.ID": "T!", "U.X": "T!", "U.Y": "T!"}}),
    select(
        "searched case",
        "select case when a > 1 then b when c = 2 then id end as z from s.t",
        {"Z": {"A": "C", "C": "C", "B": "T", "ID": "T"}},
    ),
    select(
        "simple case",
        "select case a when 1 then b else c end as z from s.t",
        {"Z": {"A": "C", "B": "T", "C": "T"}},
    ),
    select("same column decides and gives", "select case when a > 1 then a end as z from s.t", {"Z": {"A": "CT"}}),
    select("iff", "select iff(a is null, b, c) as z from s.t", {"Z": {"A": "C", "B": "T", "C": "T"}}),
    select(
        "decode",
        "select decode(a, 1, b, 2, c, id) as z from s.t",
        {"Z": {"A": "C", "B": "T", "C": "T", "ID": "T"}},
    ),
    select("nvl2", "select nvl2(a, b, c) as z from s.t", {"Z": {"A": "C", "B": "T", "C": "T"}}),
    select("nullif", "select nullif(a, b) as z from s.t", {"Z": {"A": "T", "B": "C"}}),
    select(
        "nvl and ifnull",
        "select nvl(a, b) as y, ifnull(a, c) as z from s.t",
        {"Y": {"A": "T", "B": "T"}, "Z": {"A": "T", "C": "T"}},
    ),
    select("zeroifnull", "select zeroifnull(a) as z from s.t", {"Z": {"A": "CT"}}),
    select(
        "row_number",
        "select row_number() over (partition by a order by b) as n from s.t",
        {"N": {"A": "W", "B": "W"}},
    ),
    select(
        "sum over",
        "select sum(c) over (partition by a order by b rows between 1 preceding and current row) as s from s.t",
        {"S": {"C": "A", "A": "W", "B": "W"}},
    ),
    select(
        "lag with default",
        "select lag(a, 1, b) over (order by c) as z from s.t",
        {"Z": {"A": "T", "B": "T", "C": "W"}},
    ),
    select(
        "first_value ignore nulls",
        "select first_value(a) ignore nulls over (partition by b order by c) as z from s.t",
        {"Z": {"A": "T", "B": "W", "C": "W"}},
    ),
    select(
        "window over expression",
        "select dense_rank() over (order by a + b desc nulls last) as z from s.t",
        {"Z": {"A": "W", "B": "W"}},
    ),
    select(
        "named aliases reach windows",
        "select a + 1 as k, max(k) over (partition by b) as z from s.t",
        {"K": {"A": "T"}, "Z": {"A": "A", "B": "W"}},
    ),
    select(
        "qualify",
        "select a from s.t qualify row_number() over (partition by b order by c desc) = 1",
        {"A": {"A": "I"}},
        {"B": "F", "C": "F"},
    ),
    select(
        "qualify by alias",
        "select a, rank() over (order by b) as r from s.t qualify r = 1",
        {"A": {"A": "I"}, "R": {"B": "W"}},
        {"B": "F"},
    ),
    select(
        "filter on a ranked subquery",
        "select a from (select a, row_number() over (partition by b order by c) as rn from s.t) where rn = 1",
        {"A": {"A": "I"}},
        {"B": "F", "C": "F"},
    ),
    select("order by", "select a from s.t order by b, c desc", {"A": {"A": "I"}}, {"B": "S", "C": "S"}),
    select(
        "order by position and limit",
        "select a, b from s.t order by 2 limit 10",
        {"A": {"A": "I"}, "B": {"B": "I"}},
        {"B": "S"},
    ),
    select("order by alias prefers the alias", "select b as a from s.t order by a", {"A": {"B": "I"}}, {"B": "S"}),
    select(
        "where prefers the column over the alias",
        "select b as a from s.t where a = 1",
        {"A": {"B": "I"}},
        {"A": "F"},
    ),
    select(
        "lateral alias",
        "select a + 1 as p, p * b as q from s.t",
        {"P": {"A": "T"}, "Q": {"A": "T", "B": "T"}},
    ),
    select("distinct", "select distinct a from s.t", {"A": {"A": "I"}}),
    select("union all", "select a as z from s.t union all select x from s.u", {"Z": {"A": "I", "U.X": "I"}}),
    select(
        "union of star",
        "select id, x from s.u union select id, a from s.t",
        {"ID": {"U.ID": "I", "ID": "I"}, "X": {"U.X": "I", "A": "I"}},
    ),
    select(
        "union branches keep their filters",
        "select a from s.t where b = 1 union all select x from s.u where y = 2",
        {"A": {"A": "I", "U.X": "I"}},
        {"B": "F", "U.Y": "F"},
    ),
    select(
        "union ordered",
        "select a from s.t union all select x from s.u order by 1",
        {"A": {"A": "I", "U.X": "I"}},
        {"A": "S", "U.X": "S"},
    ),
    select(
        "except",
        "select id from s.t except select id from s.u",
        {"ID": {"ID": "I"}},
        {"ID": "F", "U.ID": "F"},
    ),
    select(
        "intersect",
        "select id from s.t intersect select id from s.u",
        {"ID": {"ID": "I"}},
        {"ID": "F", "U.ID": "F"},
    ),
    select("cte", "with x as (select a, b from s.t where c = 1) select a from x", {"A": {"A": "I"}}, {"C": "F"}),
    select(
        "nested ctes",
        "with x as (with y as (select a + 1 as k from s.t) select k * 2 as l from y) select l from x",
        {"L": {"A": "T"}},
    ),
    select("cte hides a table", "with t as (select x as a from s.u) select a from t", {"A": {"U.X": "I"}}),
    select("cte with columns", "with x (p, q) as (select a, b from s.t) select q from x", {"Q": {"B": "I"}}),
    select(
        "unused cte adds nothing",
        "with x as (select y from s.u where x = 1) select a from s.t",
        {"A": {"A": "I"}},
    ),
    select(
        "import and logical ctes",
        """
        with source as (select * from s.t), changed as (select * from source where b > 1),
        final as (select id, upper(a) as a, max(c) over (partition by id) as top from changed) select * from final""",
        {"ID": {"ID": "I"}, "A": {"A": "T"}, "TOP": {"C": "A", "ID": "W"}},
        {"B": "F"},
    ),
    select("subquery with alias columns", "select p from (select a, b from s.t) as z (p, q)", {"P": {"A": "I"}}),
    select(
        "aggregate of aggregate",
        "select max(n) as m from (select sum(a) as n from s.t group by b)",
        {"M": {"A": "A"}},
        {"B": "G"},
    ),
    select(
        "recursive cte",
        """
        with recursive tree as (
            select id, parent_id, id as top, 1 as depth from s.e where parent_id is null
            union all
            select e.id, e.parent_id, tree.top, tree.depth + 1 from s.e as e join tree on e.parent_id = tree.id
        ) select id, top, depth from tree""",
        {"ID": {"E.ID": "I"}, "TOP": {"E.ID": "I"}, "DEPTH": {}},
        {"E.PARENT_ID": "FJ", "E.ID": "J"},
    ),
    select(
        "recursive cte that computes",
        """
        with recursive p as (
            select id, name as path from s.e union all
            select e.id, p.path || '/' || e.name from s.e e join p on e.parent_id = p.id
        ) select path from p""",
        {"PATH": {"E.NAME": "IT"}},
        {"E.PARENT_ID": "J", "E.ID": "J"},
    ),
    select(
        "connect by",
        "select id from s.e start with parent_id is null connect by parent_id = prior id",
        {"ID": {"E.ID": "I"}},
        {"E.PARENT_ID": "FJ", "E.ID": "J"},
    ),
    select(
        "scalar subquery",
        "select a, (select max(x) from s.u) as m from s.t",
        {"A": {"A": "I"}, "M": {"U.X": "A"}},
    ),
    select(
        "correlated scalar subquery",
        "select (select max(x) from s.u where u.id = t.id) as m from s.t",
        {"M": {"U.X": "A", "U.ID": "F", "ID": "F"}},
    ),
    select(
        "in subquery",
        "select a from s.t where id in (select id from s.u where x = 1)",
        {"A": {"A": "I"}},
        {"ID": "F", "U.ID": "F", "U.X": "F"},
    ),
    select(
        "exists",
        "select a from s.t where exists (select 1 from s.u where u.id = t.id)",
        {"A": {"A": "I"}},
        {"ID": "F", "U.ID": "F"},
    ),
    select(
        "not exists",
        "select a from s.t where not exists (select * from s.u where u.id = t.id)",
        {"A": {"A": "I"}},
        {"ID": "F", "U.ID": "F", "U.X": "F", "U.Y": "F"},
    ),
    select(
        "variant path",
        "select v:name.first::varchar as f, v['b'][0] as b, get_path(v, 'x.y') as p from s.t",
        {"F": {"V": "T"}, "B": {"V": "T"}, "P": {"V": "T"}},
    ),
    select("qualified variant path", "select t.v:a.b as z from s.t as t", {"Z": {"V": "T"}}),
    select(
        "lateral flatten",
        "select t.id, f.value:name::varchar as n from s.t as t, lateral flatten(input => t.v:items) as f",
        {"ID": {"ID": "I"}, "N": {"V": "T"}},
        {"V": "J"},
    ),
    select(
        "lateral flatten unqualified",
        "select id, value as n, index as i from s.t, lateral flatten(input => v, outer => true)",
        {"ID": {"ID": "I"}, "N": {"V": "T"}, "I": {"V": "T"}},
        {"V": "J"},
    ),
    select("table flatten", "select f.key as k from s.t, table(flatten(t.v)) f", {"K": {"V": "T"}}, {"V": "J"}),
    select(
        "flatten of flatten",
        "select g.value as z from s.t, lateral flatten(input => v) f, lateral flatten(input => f.value:more) g",
        {"Z": {"V": "T"}},
        {"V": "J"},
    ),
    select(
        "flatten aggregated back",
        "select id, array_agg(f.value:k) as ks from s.t, lateral flatten(input => v) f group by id",
        {"ID": {"ID": "I"}, "KS": {"V": "A"}},
        {"V": "J", "ID": "G"},
    ),
    select(
        "left join lateral flatten",
        "select t.id, f.value as z from s.t left join lateral flatten(input => t.v) f on true",
        {"ID": {"ID": "I"}, "Z": {"V": "T"}},
        {"V": "J"},
    ),
    select(
        "lateral subquery",
        "select t.id, l.m from s.t, lateral (select max(x) as m from s.u where u.id = t.id) l",
        {"ID": {"ID": "I"}, "M": {"U.X": "A"}},
        {"U.ID": "F", "ID": "F"},
    ),
    select(
        "higher order functions",
        "select transform(v, e -> e:x || b) as z, filter(v, e -> e:y > c) as y from s.t",
        {"Z": {"V": "T", "B": "T"}, "Y": {"V": "T", "C": "T"}},
    ),
    select("lambda hides a column", "select transform(v, a -> a + 1) as z from s.t", {"Z": {"V": "T"}}),
    select("generator", "select seq4() as n from table(generator(rowcount => 10))", {"N": {}}),
    select("values", "select column1 as a, column2 as b from values (1, 2), (3, 4)", {"A": {}, "B": {}}),
    select(
        "values joined",
        "select t.a, m.name from s.t join (values (1, 'one')) as m (code, name) on t.b = m.code",
        {"A": {"A": "I"}, "NAME": {}},
        {"B": "J"},
    ),
    select(
        "pivot",
        "select * from (select id, a, b from s.t) pivot (sum(b) for a in ('x', 'y')) as p (id, x, y)",
        {"ID": {"ID": "I"}, "X": {"B": "A", "A": "C"}, "Y": {"B": "A", "A": "C"}},
        {"ID": "G"},
    ),
    select(
        "pivot without names",
        "select * from s.u pivot (max(y) for x in ('p', 'q'))",
        {"ID": {"U.ID": "I"}, "'p'": {"U.Y": "A", "U.X": "C"}, "'q'": {"U.Y": "A", "U.X": "C"}},
        {"U.ID": "G"},
    ),
    select(
        "unpivot",
        "select id, field, val from s.u unpivot (val for field in (x, y))",
        {"ID": {"U.ID": "I"}, "FIELD": {}, "VAL": {"U.X": "T", "U.Y": "T"}},
    ),
    select(
        "is distinct from and between",
        "select a is distinct from b as d, a between b and c as e from s.t",
        {"D": {"A": "T", "B": "T"}, "E": {"A": "T", "B": "T", "C": "T"}},
    ),
    select(
        "in list and like",
        "select a in (b, 1) as i, a like b as l, a ilike any (b, c) as m from s.t",
        {"I": {"A": "T", "B": "T"}, "L": {"A": "T", "B": "T"}, "M": {"A": "T", "B": "T", "C": "T"}},
    ),
    select(
        "dates",
        "select dateadd(day, a, b) as d, datediff('day', b, c) as e, date_trunc('month', b) as f from s.t",
        {"D": {"A": "T", "B": "T"}, "E": {"B": "T", "C": "T"}, "F": {"B": "T"}},
    ),
    select(
        "try_cast and to_timestamp",
        "select try_cast(a as int) as x, to_timestamp_ntz(b) as y, try_to_number(c) as z from s.t",
        {"X": {"A": "T"}, "Y": {"B": "T"}, "Z": {"C": "T"}},
    ),
    select(
        "array and object construction",
        "select array_construct(a, b) as x, object_construct_keep_null('k', c) as y from s.t",
        {"X": {"A": "T", "B": "T"}, "Y": {"C": "T"}},
    ),
    select(
        "parse_json and regexp",
        "select parse_json(a):k as x, regexp_replace(b, '[^0-9]', c) as y from s.t",
        {"X": {"A": "T"}, "Y": {"B": "T", "C": "T"}},
    ),
    select(
        "greatest and array functions",
        "select greatest(a, b) as g, array_to_string(array_distinct(v), ',') as h from s.t",
        {"G": {"A": "T", "B": "T"}, "H": {"V": "T"}},
    ),
    select(
        "masking reaches through ctes",
        "with h as (select sha2(a) as k from s.t) select k || 'x' as z from h",
        {"Z": {"A": "T!"}},
    ),
    select(
        "indirect reaches through ctes",
        "with n as (select iff(a > 1, 'x', 'y') as k from s.t) select k, upper(k) as u from n where k = 'x'",
        {"K": {"A": "C"}, "U": {"A": "C"}},
        {"A": "F"},
    ),
    Case(
        "create view with columns",
        "create or replace view s.out (p, q) as select a, b + 1 from s.t",
        {"P": {"A": "I"}, "Q": {"B": "T"}},
    ),
    Case("create temporary table", "create temporary table s.out as select a from s.t", {"A": {"A": "I"}}),
    Case(
        "clone",
        "create or replace table s.out clone s.u",
        {"ID": {"U.ID": "I"}, "X": {"U.X": "I"}, "Y": {"U.Y": "I"}},
    ),
    Case(
        "insert by position",
        "insert into s.out select id, x, y from s.u",
        {"ID": {"U.ID": "I"}, "A": {"U.X": "I"}, "B": {"U.Y": "I"}},
    ),
    Case(
        "insert with columns",
        "insert into s.out (b, a) select x, y || '!' from s.u where id > 1",
        {"B": {"U.X": "I"}, "A": {"U.Y": "T"}},
        {"U.ID": "F"},
    ),
    Case(
        "insert with cte",
        "insert into s.out (a) with x as (select x as k from s.u) select k from x",
        {"A": {"U.X": "I"}},
    ),
    Case("insert values", "insert into s.out (id, a) values (1, 'x')", {"ID": {}, "A": {}}),
    Case("insert overwrite", "insert overwrite into s.out (a) select x from s.u", {"A": {"U.X": "I"}}),
    Case(
        "merge",
        """merge into s.out as t using (select id, x, y from s.u where y > 0) as s on t.id = s.id
         when matched and s.x <> t.a then update set a = s.x, b = s.y + 1
         when not matched then insert (id, a) values (s.id, upper(s.x))""",
        {"ID": {"U.ID": "I"}, "A": {"U.X": "IT"}, "B": {"U.Y": "T"}},
        {"U.Y": "F", "U.ID": "J", "U.X": "F"},
    ),
    Case(
        "merge that deletes",
        """merge into s.out as t using s.u as s on t.id = s.id
         when matched and s.y = 1 then delete when not matched then insert values (s.id, s.x, s.y)""",
        {"ID": {"U.ID": "I"}, "A": {"U.X": "I"}, "B": {"U.Y": "I"}},
        {"U.ID": "J", "U.Y": "F"},
    ),
    Case(
        "update from",
        "update s.out set a = u.x, b = 'k' from s.u as u where out.id = u.id and u.y = 1",
        {"A": {"U.X": "I"}, "B": {}},
        {"U.ID": "F", "U.Y": "F"},
    ),
    Case("update by itself", "update s.out set a = a || b where id = 1", {"A": {}}),
    Case("delete using", "delete from s.out using s.u where out.id = u.id", {}, {"U.ID": "F"}),
    Case("delete where in", "delete from s.out where id in (select id from s.u)", {}, {"U.ID": "F"}),
    Case(
        "copy into by name",
        "copy into s.out from @s.out__load file_format = (type = parquet) match_by_column_name = case_insensitive",
        {"ID": {"@S.OUT__LOAD.ID": "I"}, "A": {"@S.OUT__LOAD.A": "I"}, "B": {"@S.OUT__LOAD.B": "I"}},
    ),
]
