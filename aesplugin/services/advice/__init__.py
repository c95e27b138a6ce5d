"""Suggestions for a photo and the reasons: measured, checked, and put into words."""
