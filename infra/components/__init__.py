"""The parts of the cloud, one ComponentResource a module."""
