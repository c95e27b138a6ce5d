"""The personal model made from many people's ratings."""
