"""Real data that ships with ivisit-lab; ``README.md`` beside this file names the sources."""
