"""What AWS and the local stack are both made from. Pure data: importing it needs neither Pulumi nor boto3."""
