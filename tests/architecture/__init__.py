"""The checks that hold the house up (docs/testing.md): in each file a checker, the house's turn, a planted fault."""
