"""Categories: a user's own words for what money goes to, listed and renamed."""
