"""What a cloud and a container would be told: read and checked here, since neither is at hand."""
