"""The page in other languages than English: their texts, numbers and dates."""
