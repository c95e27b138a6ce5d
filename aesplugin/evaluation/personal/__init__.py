"""How well personal scores predict one person's ratings, on people and themes never learnt from."""
