"""The rules: dated, sourced rows and what follows from them, pure and without a database."""
