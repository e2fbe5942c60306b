"""Deploys approved plans to AWS, and any plan to offline AWS."""
