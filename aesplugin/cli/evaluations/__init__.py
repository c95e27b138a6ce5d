"""One benchmark per file; `aesplugin.cli.evaluate` lists them."""
