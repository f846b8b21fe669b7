"""Files: what comes in, what is kept, what is given out to whom."""
