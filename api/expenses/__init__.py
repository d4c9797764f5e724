"""Recording, finding, changing and deleting expenses."""
