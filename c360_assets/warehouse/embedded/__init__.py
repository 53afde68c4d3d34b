"""The embedded Snowflake: fakesnow's server over DuckDB files, repaired; one background process."""
