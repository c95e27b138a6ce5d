"""How good the models are, measured."""
