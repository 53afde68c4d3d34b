"""Local servers that keep to the vendors' documented contracts: limits, batches, partial failures, error shapes."""
