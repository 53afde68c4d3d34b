"""Contracts: one Pandera model per table, validated over all rows inside the warehouse through Ibis.

This package is cheap to import. The models import Pandera and Ibis (about a second, four where cold), so
`catalogue` imports them when a check runs, and `checks` makes Dagster checks without them.
"""
