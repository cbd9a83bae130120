"""GM2: maps that two goroutines reach without a lock that excludes them."""
