"""`arqctl doctor`: checks this machine, or the AWS account of an environment."""
