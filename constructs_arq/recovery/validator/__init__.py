"""Code of the Lambda function that validates restored databases."""
