"""GM3: code that relies on how the runtime lays out its maps."""
