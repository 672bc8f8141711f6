"""Reference server over the contract in resources/openapi.yaml: for demonstration, QA and contract tests."""
