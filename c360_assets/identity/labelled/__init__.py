"""How right the clusters are where no truth is known: pairs are drawn, a steward labels them, shares are estimated."""
