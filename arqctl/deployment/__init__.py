"""Plans and deploys a project's stacks: on AWS what was reviewed and nothing else, or all of it simulated."""
