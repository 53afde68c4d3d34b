{# dbt 1.11 writes neither PACKAGES (here: config.meta.packages) nor the repository they come from. Snowflake's own mirror of PyPI has all of
   them, its Anaconda channel has not. Role needs: grant database role snowflake.pypi_repository_user. #}
{% macro snowflake__get_function_python_options() %}
    RUNTIME_VERSION = '{{ model.config.get("runtime_version") }}'
    HANDLER = '{{ model.config.get("entry_point") }}'
    {%- set packages = model.config.get("meta", {}).get("packages", []) %}
    {%- if packages %}
    ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
    PACKAGES = ('{{ packages | join("', '") }}')
    {%- endif %}
{% endmacro %}
