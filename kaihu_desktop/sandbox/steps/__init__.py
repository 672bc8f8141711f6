"""How the server judges the answer of each step."""
