"""Policy rules, one per file, which Checkov loads by path."""
