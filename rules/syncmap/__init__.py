"""GM5: misuse of sync.Map."""
