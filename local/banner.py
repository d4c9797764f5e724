"""What a client must know to use the system on this machine, and how it is printed."""

import json
from dataclasses import dataclass
from datetime import date, timedelta


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
    login_url: str
    """The login page; a front end replaces `redirect_uri` by a page of its own and adds a PKCE challenge."""
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

  {kept} No email is sent: codes are shown here, and
  at {about.api_url}/_local/codes/<email>.

  For a front end, such as examples/web (the same is at {about.api_url}/_local/env):

{front_end}{network}
  Log in as the demo user, record an expense and find the newest of its category; sum up the category from the
  {first_day}th to the {last_day}th, delete the expense, sum up, restore it, sum up; and see the first of all changes:

{walk_through}
"""

WALK_THROUGH = """\
TOKEN=$(curl -s {about.cognito_endpoint} \\
  -H 'Content-Type: application/x-amz-json-1.1' \\
  -H 'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth' \\
  -d '{login}' \\
  | python3 -c 'import json, sys; print(json.load(sys.stdin)["AuthenticationResult"]["IdToken"])')

call() {{ curl -s -w '\\n' -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' "$@"; }}

CREATED=$(call {about.api_url}/expenses -d '{expense}')
EXPENSE={about.api_url}/expenses/$(echo "$CREATED" \\
  | python3 -c 'import json, sys; print(json.load(sys.stdin)["expense_id"])')
SUMMARY='{about.api_url}/summary?category=Food&date_from={first}&date_to={last}'
call $EXPENSE
call '{about.api_url}/expenses?category=Food&limit=3'
call $SUMMARY
call -X DELETE $EXPENSE
call $SUMMARY
call -X POST $EXPENSE/restore
call $SUMMARY
call '{about.api_url}/changes?limit=3'
"""

FRONT_END = """\
VITE_API_URL={about.api_url}
VITE_COGNITO_ENDPOINT={about.cognito_endpoint}
VITE_LOGIN_URL={about.login_url}
VITE_REGION={about.region}
VITE_USER_POOL_ID={about.user_pool_id}
VITE_CLIENT_ID={about.client_id}
"""

KEPT = "What you do is kept for the next time; `make run FRESH=1` starts anew."
NOT_KEPT = "What you do is forgotten when it stops."

FIRST_DAY = 25
"""When the month begins that the walk-through sums up: many people's salary comes then."""


NETWORK = """
  On a phone in the same network: {url}/docs. Everyone who reaches this machine can use it.
"""
NO_NETWORK = """
  For a phone in the same network, start it by: make run HOST=0.0.0.0
"""


def own_month(today: date) -> tuple[date, date]:
    """Return the first and the last day of the month around a day that begins on `FIRST_DAY`."""
    first = today.replace(day=FIRST_DAY)
    if first > today:
        first = (first.replace(day=1) - timedelta(days=1)).replace(day=FIRST_DAY)
    return first, (first + timedelta(days=31)).replace(day=FIRST_DAY - 1)


def walk_through(about: About, today: date) -> str:
    """Return lines of shell that use most operations; they need curl and python3 only."""
    login = {
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": about.client_id,
        "AuthParameters": {"USERNAME": about.demo_user.username, "PASSWORD": about.demo_user.password},
    }
    expense = {"category": "Food", "amount": 12.5, "payment_method": "Cash", "notes": "Lunch"}
    first, last = own_month(today)
    return WALK_THROUGH.format(
        about=about, login=json.dumps(login), expense=json.dumps(expense), first=first, last=last
    )


def front_end_environment(about: About) -> str:
    """Return the addresses and names as the `.env` file of a front end; Vite gives a page what begins with VITE_.

    https://vite.dev/guide/env-and-mode#env-files
    """
    return FRONT_END.format(about=about)


def banner(about: About, today: date, *, network_url: str | None, is_kept: bool) -> str:
    """Return the whole text; `network_url` is where other machines reach this one, if they can."""
    return TEMPLATE.format(
        about=about,
        kept=KEPT if is_kept else NOT_KEPT,
        front_end=front_end_environment(about),
        network=NETWORK.format(url=network_url) if network_url else NO_NETWORK,
        walk_through=walk_through(about, today),
        first_day=FIRST_DAY,
        last_day=FIRST_DAY - 1,
    )
