"""Running the service: stuck messages, dead letters, what deceives people just now, and the audit."""
