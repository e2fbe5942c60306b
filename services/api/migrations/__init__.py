"""Schema migrations of the API: numbered SQL files, and the program that applies them."""
