"""Customer 360: one trusted, governed, traceable profile per customer."""
