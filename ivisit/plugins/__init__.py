"""What simulations there are, and how their files are run."""
