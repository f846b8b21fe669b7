"""Cases: clocks and status."""
