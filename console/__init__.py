"""The web pages for stewards and auditors: Streamlit, here beside Dagster or deployed in Snowflake."""
