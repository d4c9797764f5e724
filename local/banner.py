"""What a client must know to use the system on this machine, and how it is printed."""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user who can log in."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class About:
    """The addresses and names of this run: the response of `/_local`, and what the banner prints."""

    api_url: str
    cognito_endpoint: str
    region: str
    user_pool_id: str
    client_id: str
    demo_user: Credentials


TEMPLATE = """\

  Expense Tracker is running on this machine. Ctrl-C stops it.

    API         {about.api_url}
    Docs        {about.api_url}/docs
    Sign-in     {about.cognito_endpoint}   (Cognito's API)
    Region      {about.region}
    User pool   {about.user_pool_id}
    App client  {about.client_id}
    Demo user   {about.demo_user.username}  {about.demo_user.password}
    All this    {about.api_url}/_local

  Everything is kept in memory and gone at the end. No email is sent: sign-up codes are shown here,
  and at {about.api_url}/_local/codes/<email>.
{network}
  Log in as the demo user, record an expense, and find the newest of its category:

{walk_through}
"""

WALK_THROUGH = """\
TOKEN=$(curl -s {about.cognito_endpoint} \\
  -H 'Content-Type: application/x-amz-json-1.1' \\
  -H 'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth' \\
  -d '{login}' \\
  | python3 -c 'import json, sys; print(json.load(sys.stdin)["AuthenticationResult"]["IdToken"])')

curl -s -w '\\n' {about.api_url}/expenses -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d '{expense}'

curl -s -w '\\n' '{about.api_url}/expenses?category=Food&limit=3' -H "Authorization: Bearer $TOKEN"
"""


NETWORK = """
  It listens at every address of this machine: on another device, write this machine's name or address instead of
  the host above. Everyone who reaches it can use it.
"""


def walk_through(about: About) -> str:
    """Return lines of shell that log in, record an expense and list; they need curl and python3 only."""
    login = {
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": about.client_id,
        "AuthParameters": {"USERNAME": about.demo_user.username, "PASSWORD": about.demo_user.password},
    }
    expense = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "notes": "Lunch"}
    return WALK_THROUGH.format(about=about, login=json.dumps(login), expense=json.dumps(expense))


def banner(about: About, *, is_everywhere: bool) -> str:
    """Return the whole text; `is_everywhere` if other machines can reach this one."""
    network = NETWORK if is_everywhere else ""
    return TEMPLATE.format(about=about, walk_through=walk_through(about), network=network)
