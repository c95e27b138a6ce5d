"""Timings, printed and kept in docs/performance.md; never asserted."""
