"""The law: what every synthesized stack must hold, one rule a file, as Checkov checks."""
