"""Made-up persons and pictures of their cards, for demonstrations, tests and benchmarks."""
