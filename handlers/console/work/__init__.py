"""Work: today, cases, urgent requests, and talks with people."""
