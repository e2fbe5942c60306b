"""Services that record and check an account, and the alarms on what they find."""
