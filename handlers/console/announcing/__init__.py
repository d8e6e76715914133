"""Announcing: broadcasts, and what goes out when."""
