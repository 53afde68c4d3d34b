"""Identity resolution: which records describe one customer, with evidence and lasting ids."""

from c360_assets.identity.evaluation import evaluate
from c360_assets.identity.pipeline import run_matching
from c360_assets.identity.result import KindResult, MatchResult
from c360_assets.identity.settings import MatchSettings, Thresholds, load_match_settings

__all__ = [
    "KindResult",
    "MatchResult",
    "MatchSettings",
    "Thresholds",
    "evaluate",
    "load_match_settings",
    "run_matching",
]
