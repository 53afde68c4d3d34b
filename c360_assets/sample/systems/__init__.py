"""One writer per source system: `extracts(world)` gives its files."""
