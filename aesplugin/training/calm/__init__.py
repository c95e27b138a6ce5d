"""What CALM's stages learn from: pairs, sentences, comments and votes."""
