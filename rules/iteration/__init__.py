"""GM1: what goes wrong while a map is ranged over."""
