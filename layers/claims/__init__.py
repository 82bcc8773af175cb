"""Claims and instructions: who said which figure when, what disagrees, and what came of what was promised."""
