"""What steward decisions come to where they contradict each other, against all ways that networkx finds."""

from __future__ import annotations

from itertools import combinations, pairwise
from random import Random

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from c360_assets.identity.stewardship.conflicts import Decision, resolve

KEYS = [f"s:o:{letter}" for letter in "abcdef"]
SAID = st.lists(
    st.tuples(st.sampled_from(list(combinations(KEYS, 2))), st.sampled_from(["same", "same", "different"])), max_size=12
)
Said = list[tuple[tuple[str, str], str]]


def decisions(said: Said) -> list[Decision]:
    return [Decision(f"d{n}", "person", *pair, verdict) for n, (pair, verdict) in enumerate(said)]


def same_graph(said: Said) -> nx.Graph:
    return nx.Graph([pair for pair, verdict in said if verdict == "same"])


@given(SAID)
def test_what_takes_effect_never_contradicts_itself(said: Said) -> None:
    verdicts = resolve(decisions(said)).verdicts
    merged = nx.Graph([(left, right) for (_, left, right), verdict in verdicts.items() if verdict == "same"])
    for (_, left, right), verdict in verdicts.items():
        if verdict == "different":
            assert not (left in merged and right in merged and nx.has_path(merged, left, right))


@given(SAID)
def test_every_way_between_two_different_records_is_held_and_told(said: Said) -> None:
    found = resolve(decisions(said))
    graph = same_graph(said)
    expected = {pair for pair, verdict in said if verdict == "different"}
    expected = {(a, b) for a, b in expected if a in graph and b in graph and nx.has_path(graph, a, b)}
    assert {conflict.pair[1:] for conflict in found.conflicts} == expected
    for a, b in expected:
        for path in nx.all_simple_paths(graph, a, b):
            links = {(min(pair), max(pair)) for pair in pairwise(path)}
            assert not [link for link in links if found.verdicts.get(("person", *link)) == "same"]


@given(SAID)
def test_every_different_holds_and_a_same_without_a_conflict_too(said: Said) -> None:
    found = resolve(decisions(said))
    graph = same_graph(said)
    torn = {key for conflict in found.conflicts for key in nx.node_connected_component(graph, conflict.pair[1])}
    for pair, verdict in said:
        if verdict == "different" or pair[0] not in torn:
            assert found.verdicts[("person", *pair)] == ("different" if (pair, "different") in said else "same")


@given(SAID, st.randoms(use_true_random=False))
def test_the_order_of_decisions_decides_nothing(said: Said, random: Random) -> None:
    shuffled = decisions(said)
    random.shuffle(shuffled)
    assert resolve(shuffled) == resolve(decisions(said))


def test_a_link_that_leads_nowhere_is_not_held() -> None:
    a, b, c, d, *_ = KEYS
    found = resolve(decisions([((a, b), "same"), ((b, c), "same"), ((a, c), "different"), ((c, d), "same")]))
    assert found.verdicts == {("person", a, c): "different", ("person", c, d): "same"}
    assert [conflict.decision_ids for conflict in found.conflicts] == [("d0", "d1", "d2")]
