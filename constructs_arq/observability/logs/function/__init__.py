"""Code of the Lambda function that forwards log events."""
