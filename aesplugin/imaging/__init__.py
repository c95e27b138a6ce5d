"""From a file to pixels, tags, fingerprints and measurements; knows no database."""
