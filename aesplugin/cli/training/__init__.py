"""One file per training command; `aesplugin.cli.train` lists them."""
