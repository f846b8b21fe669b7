"""Cases: what customers ask for, with the clocks of first answer and resolution."""
