"""File formats: which one a file is, and from its bytes to a picture."""
