"""Which file is which photo: names, links, moves, changes, companion files."""
