"""One site in one page, and up to four of them side by side: facts, surroundings, and what is not known."""
