from lineage.columns import Schema, Source, lineage_of

SCHEMA = Schema(
    "C360",
    {"C360.S.T": {"ID": "NUMBER", "A": "TEXT", "B": "TEXT"}, "C360.S.OUT": {"ID": "NUMBER", "A": "TEXT"}},
)


def subtypes(edges):
    return {(s.table.removeprefix("C360.S."), s.column): {k.subtype for k in kinds} for s, kinds in edges.items()}


def test_temporary_tables_are_passed_through():
    run = lineage_of(
        [
            "create temporary table s.step1 as select id, upper(a) as a from s.t where b = 1",
            "create temporary table s.step2 as select * from s.step1 qualify rank() over (order by id) = 1",
            "create or replace table s.out as select id, a || 'x' as a from s.step2",
            "drop table s.step1",
        ],
        SCHEMA,
    )
    out = run.of(["C360.S.OUT"])["C360.S.OUT"]
    assert run.problems == []
    assert subtypes(out.fields["A"]) == {("T", "A"): {"TRANSFORMATION"}}
    assert subtypes(out.dataset) == {("T", "B"): {"FILTER"}, ("T", "ID"): {"FILTER"}}


def test_tables_of_assets_stand_for_themselves():
    statements = [
        "create or replace table s.mid as select id, a from s.t where b = 1",
        "create or replace table s.out as select id, a from s.mid",
    ]
    run = lineage_of(statements, SCHEMA, keep={"C360.S.MID"})
    out = run.of(["C360.S.OUT"])["C360.S.OUT"]
    assert out.inputs() == ["C360.S.MID"]
    assert out.dataset == {}


def test_delete_and_insert_add_up_and_a_tables_own_past_is_no_input():
    run = lineage_of(
        [
            "create or replace temporary table s.new as select id, a from s.t",
            "delete from s.out where id in (select id from s.new)",
            "insert into s.out select n.id, coalesce(n.a, o.a) from s.new n left join s.out o on n.id = o.id",
        ],
        SCHEMA,
    )
    out = run.of(["C360.S.OUT"])["C360.S.OUT"]
    assert out.inputs() == ["C360.S.T"]
    assert subtypes(out.fields["ID"]) == {("T", "ID"): {"IDENTITY"}}
    assert subtypes(out.dataset) == {("T", "ID"): {"FILTER", "JOIN"}}


def test_a_replaced_table_keeps_what_it_was_made_of_when_it_reads_itself():
    run = lineage_of(
        [
            "create or replace table s.out as select id, a from s.t",
            "create or replace table s.out as select id, upper(a) as a from s.out where id > 1",
        ],
        SCHEMA,
    )
    out = run.of(["C360.S.OUT"])["C360.S.OUT"]
    assert subtypes(out.fields["A"]) == {("T", "A"): {"TRANSFORMATION"}}
    assert subtypes(out.dataset) == {("T", "ID"): {"FILTER"}}


def test_a_renamed_table_takes_its_lineage_along():
    run = lineage_of(["create table s.tmp as select id, a from s.t", "alter table s.tmp rename to s.out"], SCHEMA)
    assert run.of(["C360.S.OUT"])["C360.S.OUT"].inputs() == ["C360.S.T"]


def test_connected_components_by_repeated_updates_end_and_stay_exact():
    statements = ["create temporary table s.label as select id, id as label from s.t"]
    for _ in range(30):
        statements.append(
            "create or replace temporary table s.next as select l.id, min(r.label) as label from s.label l"
            " join s.label r on l.id = r.id group by 1"
        )
        statements.append("create or replace temporary table s.label as select * from s.next")
    statements.append("create or replace table s.out as select id, label as a from s.label")
    out = lineage_of(statements, SCHEMA).of(["C360.S.OUT"])["C360.S.OUT"]
    assert subtypes(out.fields["A"]) == {("T", "ID"): {"AGGREGATION"}}


def test_what_cannot_be_read_is_reported_without_the_statement():
    run = lineage_of(
        ["create table s.x as select a b c from 'canary'", "insert into s.out select nope from s.t"], SCHEMA
    )
    assert len(run.problems) == 2
    assert "not read" in run.problems[0] and "NOPE" in run.problems[1]
    assert "canary" not in "".join(run.problems)


def test_statements_that_write_nothing_are_passed_over():
    assert lineage_of(["select 1", "put file:///x @s", "use schema s", "begin", "show tables"], SCHEMA).tables == {}


def test_an_unknown_table_still_gives_its_named_columns():
    out = lineage_of(["create table s.out as select x.k from other.s.x"], SCHEMA).of(["C360.S.OUT"])["C360.S.OUT"]
    assert list(out.fields["K"]) == [Source("OTHER.S.X", "K")]


def test_a_star_over_an_unknown_table_is_reported():
    assert lineage_of(["create table s.out as select * from other.s.x"], SCHEMA).problems


def test_values_that_are_bound_hide_no_lineage():
    run = lineage_of(
        [
            "insert into s.out (id, a) select t.id, parse_json(%s) || t.a from s.t where t.b = %s and t.a <> '50 %s'",
            "insert into s.out (id, a) select column1, column2 from values (%s, %s)",
        ],
        SCHEMA,
    )
    out = run.of(["C360.S.OUT"])["C360.S.OUT"]
    assert run.problems == []
    assert subtypes(out.fields["ID"]) == {("T", "ID"): {"IDENTITY"}}
    assert subtypes(out.fields["A"]) == {("T", "A"): {"TRANSFORMATION"}}
