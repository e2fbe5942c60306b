"""Reports the recovery objectives of an environment, what its configuration reaches, and its drills."""
