"""AWS on this machine, in a process and an environment of its own: `python -m local.ministack`."""
