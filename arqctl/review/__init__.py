"""The review of a pull request: what plans would change, dangerous things first, as one comment."""
