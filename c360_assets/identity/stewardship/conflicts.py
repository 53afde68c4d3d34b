"""Decisions that cannot all be right: two records that are said to be one customer, on some way, and two.

Nothing here depends on when a decision was made. Where decisions contradict each other, `different` holds and every
`same` on a way between the two records waits: nothing merges on contested word, and what the scores say stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

Pair = tuple[str, str, str]
"""Entity kind, left record key, right record key."""


@dataclass(frozen=True, order=True)
class Decision:
    """A decision in force about two records that exist."""

    decision_id: str
    kind: str
    left: str
    right: str
    verdict: str

    @property
    def pair(self) -> Pair:
        """What it is about."""
        return self.kind, self.left, self.right


@dataclass(frozen=True)
class Conflict:
    """Two records that are decided to be different, and the decisions that say or lead to the opposite."""

    pair: Pair
    decision_ids: tuple[str, ...]


@dataclass(frozen=True)
class Resolution:
    """What the decisions come to: the verdict of each pair that takes effect, and the conflicts."""

    verdicts: dict[Pair, str] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()


Graph = dict[str, set[str]]


def resolve(decisions: Iterable[Decision]) -> Resolution:
    """Find the conflicts among the decisions in force, and what takes effect without them."""
    by_pair: dict[Pair, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    graphs: dict[str, Graph] = defaultdict(lambda: defaultdict(set))
    for decision in decisions:
        by_pair[decision.pair][decision.verdict].append(decision.decision_id)
        if decision.verdict == "same":
            graphs[decision.kind][decision.left].add(decision.right)
            graphs[decision.kind][decision.right].add(decision.left)
    conflicts, held = [], set()
    for pair in sorted(pair for pair, said in by_pair.items() if "different" in said):
        kind, left, right = pair
        links = {(kind, a, b) for a, b in ways(graphs[kind], left, right)}
        if links:
            held |= links
            ids = [*by_pair[pair]["different"], *(i for link in links for i in by_pair[link]["same"])]
            conflicts.append(Conflict(pair, tuple(sorted(ids))))
    verdicts = {}
    for pair, said in by_pair.items():
        if "different" in said:
            verdicts[pair] = "different"
        elif pair not in held:
            verdicts[pair] = "same"
    return Resolution(verdicts, tuple(conflicts))


def ways(graph: Graph, start: str, end: str) -> set[tuple[str, str]]:
    """The links that lead from one record to the other: what they reach, without the dead ends."""
    reached, frontier = {start}, [start]
    while frontier:
        for mate in graph.get(frontier.pop(), set()) - reached:
            reached.add(mate)
            frontier.append(mate)
    if end not in reached:
        return set()
    links = {node: set(graph[node]) for node in reached}
    ends = [node for node in links if len(links[node]) == 1 and node not in (start, end)]
    while ends:
        (mate,) = links.pop(node := ends.pop())
        links[mate].discard(node)
        if len(links[mate]) == 1 and mate not in (start, end):
            ends.append(mate)
    return {(min(a, b), max(a, b)) for a, mates in links.items() for b in mates}
