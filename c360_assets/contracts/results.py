"""What a validation found: columns, rules and counts, and never a row's value."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """What a broken rule does to the stages after it."""

    ERROR = "error"
    WARN = "warn"


@dataclass(frozen=True)
class Failure:
    """A rule that rows break. `column` is empty for a rule about the whole row or table."""

    column: str
    rule: str
    count: int
    severity: Severity = Severity.ERROR
    allowed: int = 0
    query: str = ""
    """A query that shows the rows to those who may read the table."""


@dataclass(frozen=True)
class Outcome:
    """One rule's outcome, kept also where it holds: what the data-quality facet of a lineage event lists."""

    column: str
    rule: str
    count: int
    severity: Severity
    passed: bool


@dataclass(frozen=True)
class ContractResult:
    """The outcome for one table. Warnings alone leave `passed` true; `clean` says that there were none."""

    table: str
    rows: int
    seconds: float
    failures: tuple[Failure, ...] = ()
    outcomes: tuple[Outcome, ...] = field(default=(), repr=False)

    @property
    def passed(self) -> bool:
        """No rule of severity error is broken."""
        return not any(failure.severity is Severity.ERROR for failure in self.failures)

    @property
    def clean(self) -> bool:
        """No rule is broken at all."""
        return not self.failures

    @property
    def query(self) -> str:
        """Statements that show the offending rows, one per broken rule."""
        return "\n".join(f"{failure.query};" for failure in self.failures if failure.query)
