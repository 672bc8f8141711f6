"""Shapes of the contract's requests and answers."""
