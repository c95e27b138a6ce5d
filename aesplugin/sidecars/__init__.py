"""Other programs read our results beside the photo."""
