"""The pull request: what its base says, and one comment on GitHub or GitLab that tells the review."""
