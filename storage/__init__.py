"""What is remembered: the database, its tables, its queries and its keys."""
