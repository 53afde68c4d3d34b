"""What the console draws is safe, complete and blind where it must be."""

from __future__ import annotations

import random
from datetime import datetime
from decimal import Decimal
from html import unescape
from re import sub

import networkx
import pytest

from c360_assets.identity.stewardship.evidence import Step
from c360_assets.identity.stewardship.queue import Field, Pair
from console.column_graph import Edge, around, column_picture, short
from console.masking import HIDDEN, masked
from console.pair import marked, pair_table
from console.path_picture import quoted, value_path
from console.tables import html_table
from console.waterfall import bars

EVIL = '<script>alert("x")</script>&\''


def text_of(html: str) -> str:
    return unescape(sub(r"<[^>]*>", "", html))


def a_pair(*fields: Field) -> Pair:
    return Pair("person", "crm:c:1", "shop:c:2", ("per_1", 2), None, list(fields), [])


@pytest.mark.parametrize("seed", range(200))
def test_marking_what_differs_loses_and_adds_no_letter(seed: int) -> None:
    rng = random.Random(seed)
    left, right = ("".join(rng.choices('aAbß<&İ"é ', k=rng.randrange(1, 12))) for _ in range(2))
    assert tuple(map(text_of, marked(left, right))) == (left, right)


def test_only_the_letters_that_differ_are_marked() -> None:
    assert marked("Meier", "Maier") == ("M<mark>e</mark>ier", "M<mark>a</mark>ier")
    assert marked("Anna", "Zoltan") == ("<mark>Anna</mark>", "<mark>Zoltan</mark>")


def test_values_cannot_bring_markup_into_a_page() -> None:
    table = pair_table(
        a_pair(Field("name", EVIL, "x"), Field("note", EVIL, None), Field(EVIL, EVIL, EVIL)), unmask=True
    )
    assert "<script" not in table
    assert "<script" not in html_table([{EVIL: EVIL}])


def test_differences_come_first_and_a_blind_table_tells_no_profile() -> None:
    pair = a_pair(Field("city", "Bonn", "Bonn"), Field("source record id", "1", "2"), Field("name", "a", "b"))
    told = text_of(pair_table(pair, unmask=True))
    assert told.index("name") < told.index("city") < told.index("source record id")
    assert "per_1" in told and "this record has gone" in told
    blind = pair_table(pair, unmask=True, blind=True)
    assert "per_1" not in blind and "gone" not in blind


@pytest.mark.parametrize(
    ("kind", "hidden", "shown"),
    [("person", ("name", "phone digits"), "country"), ("organization", ("phone digits", "street"), "legal name")],
)
def test_a_masked_pair_tells_what_differs_and_not_what_it_is(kind: str, hidden: tuple[str, str], shown: str) -> None:
    fields = [*(Field(name, "Anna 4711", "Ann 4712") for name in hidden), Field(shown, "Beta", "Beta")]
    pair = Pair(kind, "crm:c:1", "shop:c:2", None, None, fields, [])
    told = text_of(pair_table(pair, unmask=False))
    assert "Ann" not in told and "471" not in told
    assert told.count("≠") == 2 and told.count(HIDDEN) == 4 and told.count("Beta") == 2


def test_the_bars_of_a_waterfall_join_and_end_at_the_whole() -> None:
    steps = [Step("before comparing", "", -8.0, -8.0), Step("name", "", 11.0, 3.0), Step("city", "", 0.0, 3.0),
             Step("phone", "", -2.0, 1.0)]  # fmt: skip
    frame = bars(steps)
    assert list(frame["compared"]) == ["before comparing", "name", "phone", "together"]
    assert list(frame["start"]) == [0.0, -8.0, 3.0, 0.0]
    assert list(frame["end"]) == [-8.0, 3.0, 1.0, 1.0]


@pytest.mark.parametrize("field", ["email", "full_name", "date_of_birth", "mrr", "a_field_of_tomorrow"])
def test_what_is_known_of_a_person_is_masked_until_a_purpose_is_given(field: str) -> None:
    assert masked("person", field, "Ada", unmask=False) == HIDDEN
    assert masked("person", field, "Ada", unmask=True) == "Ada"
    assert masked("person", field, None, unmask=False) == ""


def test_what_tells_nothing_about_who_it_is_stays_readable() -> None:
    assert masked("person", "country", "DE", unmask=False) == "DE"
    assert masked("organization", "mrr", Decimal("20.50"), unmask=False) == "20.50"
    assert masked("organization", "last_seen_at", datetime(2026, 1, 2, 3, 4), unmask=False) == "2026-01-02 03:04"
    assert masked("organization", "email", "a@b.example", unmask=False) == HIDDEN


def random_edges(seed: int) -> list[Edge]:
    rng = random.Random(seed)
    columns = [(f"S.T{t}", f"c{c}") for t in range(6) for c in range(3)]
    return [Edge(*rng.sample(columns, 2), ("identity",), rng.random() < 0.7) for _ in range(rng.randrange(5, 40))]


@pytest.mark.parametrize("seed", range(60))
def test_the_ways_round_a_column_are_those_that_networkx_finds(seed: int) -> None:
    edges, column = random_edges(seed), ("S.T2", "c1")
    for indirect in (False, True):
        graph = networkx.DiGraph()
        graph.add_node(column)
        graph.add_edges_from((e.source, e.target) for e in edges if indirect or e.is_direct)
        up, down = networkx.ancestors(graph, column) | {column}, networkx.descendants(graph, column) | {column}
        wanted = {(a, b) for a, b in graph.edges if (b in up and a in up) or (a in down and b in down)}
        assert {(e.source, e.target) for e in around(edges, column, None, indirect)} == wanted


def test_one_step_shows_neighbours_only() -> None:
    chain = [Edge((f"S.T{n}", "c"), (f"S.T{n + 1}", "c"), ("identity",), True) for n in range(6)]
    assert around(chain, ("S.T3", "c"), 1) == [chain[2], chain[3]]


def test_a_file_is_not_taken_for_a_table_because_of_its_dots() -> None:
    assert short("C360.GOLDEN_PROFILE.PERSON") == "GOLDEN_PROFILE.PERSON"
    assert short("shopify/customers.jsonl.gz") == "shopify/customers.jsonl.gz"


def test_names_cannot_break_out_of_a_picture() -> None:
    assert quoted('a"b\\') == '"a\\"b\\\\"'
    field = {
        "field": 'x"; y',
        "why": "it is\nthe \\ latest",
        "record_key": "a\\",
        "source": {"file_name": 'f".csv', "line": 3},
        "path": [{"from": 'SOURCE_SNAPSHOT.T."', "to": 'N.T.c"', "how": ["IDENTITY"]}],
        "lost": [{"record_key": '"', "words": '";'}],
        "deliveries": [{"destination": '"', "delivered_at": datetime(2026, 1, 2), "columns": ['"']}],
    }
    outside = sub(r'"(?:\\.|[^"\\])*"', "", value_path(field, 1))
    assert '"' not in outside
    assert '"S.T|c\\"d"' in column_picture([], ("S.T", 'c"d'))
