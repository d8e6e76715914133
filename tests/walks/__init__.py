"""Whole walks over the real service: what a person does and hears, the same on every channel unless it says so."""
