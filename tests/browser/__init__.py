"""What a person meets in the browser."""
