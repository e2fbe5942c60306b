"""Where CloudFront wants what belongs to it, whatever region the rest is in."""

# Certificates, firewalls and log deliveries are taken from this region only, and metrics reported there.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
CLOUDFRONT_REGION = "us-east-1"
