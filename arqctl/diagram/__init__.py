"""Pictures of what is synthesized: of what a plan changes, and of whole environments."""
