"""Graphs of records that Hypothesis draws and shrinks: who says what of whom, and who comes, changes and goes when."""

from __future__ import annotations

from dataclasses import dataclass, field

from arriving_graphs import Graph, State
from hypothesis import strategies as st

MOST_RECORDS, VERSIONS = 5, 2
Pair = tuple[int, int, int, int]
"""Two records and their versions."""

# Strong, weak and contrary evidence; none where the two are not compared.
weights = st.sampled_from([None, None, -6.0, -1.0, 0.5, 3.0, 9.0])
tax_ids = st.sampled_from([None, None, "DE111111111", "DE222222222"])
fates = st.sampled_from([None, *range(VERSIONS)])


@dataclass
class DrawnGraph(Graph):
    """What a `Graph` makes from its seed, as it was drawn. `fates` has, per batch, each record's version or None."""

    fates: list[list[int | None]] = field(default_factory=list)
    said: list[list[tuple[int, int, bool]]] = field(default_factory=list)
    weights: dict[Pair, float | None] = field(default_factory=dict)
    tax_ids: dict[tuple[int, int], str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.states, self.decided = [], []
        for fates, said in zip(self.fates, self.said, strict=True):
            self.states.append(
                {self._key(record): version for record, version in enumerate(fates) if version is not None}
            )
            self.decided.append({self._decision(*one) for one in said})

    def _key(self, record: int) -> str:
        return f"s{record % 3}:d{self.seed}:{record}"

    def _decision(self, one: int, other: int, same: bool) -> tuple[str, str, str]:
        left, right = sorted((self._key(one), self._key(other)))
        return left, right, "same" if same else "different"

    def tax_id(self, key: str, version: int) -> str | None:
        return self.tax_ids[int(key.split(":")[2]), version]

    def weight(self, left: str, right: str, state: State) -> float | None:
        one, other = sorted((left, right), key=lambda key: int(key.split(":")[2]))
        return self.weights[int(one.split(":")[2]), int(other.split(":")[2]), state[one], state[other]]


@st.composite
def graphs(draw: st.DrawFn, batches: int) -> DrawnGraph:
    """A graph of up to five records that arrive in so many batches."""
    size = draw(st.integers(2, MOST_RECORDS))
    pairs = [(a, b) for b in range(size) for a in range(b)]
    versions = range(VERSIONS)
    decisions = st.lists(st.tuples(st.sampled_from(pairs), st.booleans()), max_size=2)
    return DrawnGraph(
        seed=0,
        batches=batches,
        fates=draw(st.lists(st.lists(fates, min_size=size, max_size=size), min_size=batches, max_size=batches)),
        said=[[(a, b, same) for (a, b), same in draw(decisions)] for _ in range(batches)],
        weights={(a, b, v, w): draw(weights) for a, b in pairs for v in versions for w in versions},
        tax_ids={(record, version): draw(tax_ids) for record in range(size) for version in versions},
    )
