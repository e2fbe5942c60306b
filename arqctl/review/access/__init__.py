"""Who may do what, as resources say it: IAM, trust, network rules, public access, grants."""
