"""Claims about the atlas that a person can check."""
