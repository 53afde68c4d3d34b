"""What stewards decide about pairs of records, and how matching heeds it."""
