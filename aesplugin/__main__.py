"""``python -m aesplugin`` is ``aesplugin``."""

from aesplugin.cli.main import main

main()
