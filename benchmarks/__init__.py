"""Benchmarks: one command each, results as ratios measured within one run, with memory."""
