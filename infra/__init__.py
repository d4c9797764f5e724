"""The system on AWS, as one Pulumi program."""
