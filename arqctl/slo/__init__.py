"""Reports the error budgets of an environment's objectives."""
