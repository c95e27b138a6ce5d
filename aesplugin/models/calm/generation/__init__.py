"""The language model's part: questions about photos, and answers held to what was found."""
