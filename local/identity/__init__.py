"""Cognito on this machine: the user pool, its users, their codes and tokens."""
