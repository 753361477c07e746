"""Tongxin · 同心."""

__version__ = "0.1.0"  # the same as in pyproject.toml (tests/architecture/test_packaging.py)
