"""What bench/run is made of: child processes, the gate, the measuring loop, the report."""
