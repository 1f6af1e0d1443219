"""Files of IVISIT 0.7x: from tables to records and parameter sets."""
