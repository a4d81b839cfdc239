"""Figures beside rivals: `python -m benchmarks NAME [--json]`. Not tests."""
