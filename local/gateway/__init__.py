"""API Gateway on this machine: routing, authorizer, Lambda proxy integration, the gateway's own responses."""
