"""The region of CloudFront's supporting resources."""

# CloudFront requires certificates, web ACLs and log deliveries in this region, and publishes metrics there.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
CLOUDFRONT_REGION = "us-east-1"
