"""Statements, one noun a file; each takes the transaction it runs in."""
