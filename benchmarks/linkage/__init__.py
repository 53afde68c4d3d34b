"""Identity resolution on a labelled file, by the code that the pipeline runs, at default settings."""
