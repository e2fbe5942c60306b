"""`arqctl database`: IAM login of the master user, and the users of a PostgreSQL database."""
