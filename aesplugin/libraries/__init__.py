"""Other programs' collections: find a photo of ours there, say what is known of it."""
