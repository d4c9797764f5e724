"""The system on this machine: `python -m local`."""
