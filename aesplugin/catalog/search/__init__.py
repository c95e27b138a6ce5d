"""Finding photos by words: what is searched of each, what a person typed, and the SQL between."""
