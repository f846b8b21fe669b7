"""The live streams: what is told, to whom, and what happens when parts of them die."""
