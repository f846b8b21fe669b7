"""What every floor above uses: actors, errors, time, texts, the queue and the world outside."""
