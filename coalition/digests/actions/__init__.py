"""What is done to subscribers and their letters; the modules say which."""
