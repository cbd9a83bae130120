"""GM4: maps that keep memory alive longer than meant."""
