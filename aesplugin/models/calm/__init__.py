"""CALM, rebuilt from its paper (arXiv 2412.11952): one file per box of its figure."""
