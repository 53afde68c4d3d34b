"""What verify holds against each other: chains, replayed values, raw cells, edges, what a profile shows."""
