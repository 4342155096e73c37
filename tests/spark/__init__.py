"""The lane that decides on Apache Spark as well: Python, DuckDB and Spark say the same, to the cent."""
