"""Lineage at two grains: columns (OpenLineage events of every run) and values (the provenance ledger)."""
