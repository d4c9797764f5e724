"""How fast and how large, beside its peers: `make bench`."""
