"""The simulated AWS: its account, what it answers, what exists in it, and what it refuses."""
