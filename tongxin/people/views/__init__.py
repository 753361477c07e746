"""The register's pages, by noun: the list, the household, its members, its card."""
