#!/usr/bin/env python3
"""Django's command line; `tongxin` is the same after an installation."""

from tongxin.core.cli import main

if __name__ == "__main__":
    main()
