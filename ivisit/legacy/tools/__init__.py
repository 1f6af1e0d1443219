"""What people do with old scripts besides running them: check and migrate."""
