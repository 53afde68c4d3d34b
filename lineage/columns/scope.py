"""What names mean inside one select: its sources, its own aliases, and the selects around it."""

from __future__ import annotations

from dataclasses import dataclass, field

from lineage.columns.edges import Edges, Relation, union


@dataclass
class Scope:
    """Names visible to the expressions of one select."""

    ctes: dict[str, Relation]
    outer: Scope | None = None
    sources: dict[str, Relation] = field(default_factory=dict)
    merged: dict[str, Edges] = field(default_factory=dict)
    """Columns that a join's USING made one."""
    aliases: dict[str, Edges] = field(default_factory=dict)
    positions: list[Edges] = field(default_factory=list)
    hidden: frozenset[str] = frozenset()
    """Parameters of the lambda that is being read; they hide columns of the same name."""

    def column(self, name: str, table: str = "", alias_first: bool = False) -> Edges | None:
        """Edges of a column reference, None where nothing of that name is in sight.

        Source columns win over aliases, as in Snowflake, except in ORDER BY.
        """
        if table:
            return self._qualified(name, table)
        if name in self.hidden:
            return {}
        if alias_first and name in self.aliases:
            return self.aliases[name]
        if name in self.merged:
            return self.merged[name]
        known = [r for r in self.sources.values() if name in r.fields]
        if known:
            return known[0].fields[name]
        if name in self.aliases:
            return self.aliases[name]
        for relation in self.sources.values():
            found = relation.find(name)
            if found is not None:
                return found
        return self.outer.column(name) if self.outer else None

    def _qualified(self, name: str, table: str) -> Edges | None:
        if table in self.sources:
            return self.sources[table].find(name)
        return self.outer._qualified(name, table) if self.outer else None

    def everything(self) -> Edges:
        """Edges of all columns of all sources: what `*` inside a function reads."""
        return union(*(edges for relation in self.sources.values() for edges in relation.fields.values()))
