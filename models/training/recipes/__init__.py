"""What is trained, on what and how: a module a method."""
