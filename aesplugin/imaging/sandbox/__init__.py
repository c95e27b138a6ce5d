"""Decoding in processes that can be killed: one bad file never costs another."""
