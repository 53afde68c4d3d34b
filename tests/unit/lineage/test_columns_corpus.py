import pytest
from lineage_corpus import CASES, TABLES, Case

from lineage.columns import Schema, lineage_of

LETTERS = {
    "IDENTITY": "I",
    "TRANSFORMATION": "T",
    "AGGREGATION": "A",
    "JOIN": "J",
    "FILTER": "F",
    "GROUP_BY": "G",
    "SORT": "S",
    "WINDOW": "W",
    "CONDITIONAL": "C",
}


def name_of(source) -> str:
    table = source.table.removeprefix("C360.S.")
    return source.column if table == "T" else f"{table}.{source.column}"


def letters(kinds) -> str:
    return "".join(sorted(LETTERS[k.subtype] for k in kinds)) + ("!" if any(k.masking for k in kinds) else "")


def plain(edges) -> dict[str, str]:
    return {name_of(source): letters(kinds) for source, kinds in edges.items()}


def expected(edges: dict[str, str]) -> dict[str, str]:
    return {source: "".join(sorted(kinds.rstrip("!"))) + "!" * kinds.endswith("!") for source, kinds in edges.items()}


@pytest.mark.parametrize("case", CASES, ids=[case.name.replace(" ", "_") for case in CASES])
def test_column_lineage_is_exact(case: Case):
    schema = Schema("C360", {table: dict.fromkeys(columns, "TEXT") for table, columns in TABLES.items()})
    run = lineage_of([case.sql], schema)
    assert run.problems == []
    found = run.of([case.target])[case.target]
    assert {column: plain(edges) for column, edges in found.fields.items()} == {
        column: expected(edges) for column, edges in case.fields.items()
    }
    assert plain(found.dataset) == expected(case.dataset or {})


def test_cases_have_names_of_their_own():
    assert len({case.name for case in CASES}) == len(CASES)
