"""What can be done in the window, one group of commands a file."""
