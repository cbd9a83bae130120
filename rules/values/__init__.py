"""GM6: nil maps, keys and values."""
