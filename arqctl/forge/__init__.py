"""GitHub and GitLab: review comments, job summaries, and CI variables."""
