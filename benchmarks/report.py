"""A benchmark's result: a figure, the most it may be, and whether it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One measured figure against its limit; lower is better."""

    what: str
    figure: float
    limit: float
    note: str = ""

    @property
    def holds(self) -> bool:
        """The figure is within its limit."""
        return self.figure <= self.limit

    def __str__(self) -> str:
        verdict = "holds" if self.holds else "FAILS"
        return f"{verdict}  {self.what}: {self.figure:.2f} (at most {self.limit:g}; {self.note})"


def markdown(results: Sequence[Result], machine: str) -> str:
    """The results as a page."""
    lines = ["# Benchmark results", "", f"Written by `make bench`. {machine}", ""]
    lines += ["| figure | measured | at most | holds | note |", "|---|---|---|---|---|"]
    for r in results:
        lines.append(f"| {r.what} | {r.figure:.2f} | {r.limit:g} | {'yes' if r.holds else 'no'} | {r.note} |")
    return "\n".join(lines) + "\n"
