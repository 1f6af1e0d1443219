"""From the window into scale: sweeps and optimizations of the present state, in other processes."""
