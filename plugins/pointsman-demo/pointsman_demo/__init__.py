"""``pointsman demo``: the main job on a loopback provider, without a key and without a network."""
