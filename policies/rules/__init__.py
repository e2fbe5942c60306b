"""One rule a file, named after the rule. Checkov loads these files by path."""
