"""One benchmark a file; `aesplugin.cli.evaluate` lists them."""
