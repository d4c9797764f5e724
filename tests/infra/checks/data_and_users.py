"""What must hold of the table and of the pool of users."""

from api.tables import EXPENSES
from definitions import user_pool
from tests.infra.checks.expected import expect
from tests.infra.recording import Recording


def the_table_is_the_shared_definition(recording: Recording) -> list[str]:
    table = recording.one("Table")
    indexes = {index["name"]: index for index in table.inputs["localSecondaryIndexes"]}
    found = expect(
        "table",
        table.inputs,
        {
            "hashKey": EXPENSES.partition_key,
            "rangeKey": EXPENSES.sort_key,
            "billingMode": "PAY_PER_REQUEST",
            "attributes": [{"name": name, "type": "S"} for name in EXPENSES.key_attributes],
            "serverSideEncryption": {"enabled": True},
        },
    )
    wanted = {index.name: index.sort_key for index in EXPENSES.local_indexes}
    if {name: index["rangeKey"] for name, index in indexes.items()} != wanted:
        found.append(f"the table has the indexes {indexes}")
    return found + [f"{name} lacks attributes" for name, index in indexes.items() if index["projectionType"] != "ALL"]


def the_user_pool_is_strict(recording: Recording) -> list[str]:
    pool = recording.one("UserPool").inputs
    policy = pool["passwordPolicy"]
    found = expect(
        "pool",
        pool,
        {
            "usernameAttributes": ["email"],
            "usernameConfiguration": {"caseSensitive": False},
            "autoVerifiedAttributes": ["email"],
            "userAttributeUpdateSettings": {"attributesRequireVerificationBeforeUpdates": ["email"]},
            "accountRecoverySetting": {"recoveryMechanisms": [{"name": "verified_email", "priority": 1}]},
        },
    )
    found += expect(
        "passwords",
        policy,
        {"requireLowercase": True, "requireUppercase": True, "requireNumbers": True, "requireSymbols": True},
    )
    return found + (["passwords are short"] if policy["minimumLength"] < 12 else [])


def the_user_pool_asks_only_what_its_tier_has(recording: Recording) -> list[str]:
    pool = recording.one("UserPool").inputs
    tier, history = pool["userPoolTier"], pool["passwordPolicy"].get("passwordHistorySize")
    branded, version = (
        recording.all("ManagedLoginBranding"),
        recording.one("UserPoolDomain").inputs["managedLoginVersion"],
    )
    found = []
    if (history is None) != (tier == "LITE"):
        found.append(f"{tier} with a password history of {history}")
    if ("userPoolAddOns" in pool) != (tier == "PLUS"):
        found.append(f"{tier} with {pool.get('userPoolAddOns')}")
    if ("softwareTokenMfaConfiguration" in pool) != (pool["mfaConfiguration"] in {"ON", "OPTIONAL"}):
        found.append(f"MFA {pool['mfaConfiguration']} with {pool.get('softwareTokenMfaConfiguration')}")
    if (version == 2, bool(branded)) != (tier != "LITE", tier != "LITE"):
        found.append(f"{tier} with login pages of version {version} and {len(branded)} brandings")
    return found


def the_client_is_public_and_tells_nothing(recording: Recording) -> list[str]:
    validity = user_pool.TOKEN_VALIDITY
    return expect(
        "client",
        recording.one("UserPoolClient").inputs,
        {
            "generateSecret": False,
            "explicitAuthFlows": list(user_pool.AUTH_FLOWS),
            "allowedOauthFlowsUserPoolClient": True,
            "allowedOauthFlows": ["code"],
            "supportedIdentityProviders": ["COGNITO"],
            "preventUserExistenceErrors": "ENABLED",
            "enableTokenRevocation": True,
            "idTokenValidity": validity.id_minutes,
            "accessTokenValidity": validity.access_minutes,
            "refreshTokenValidity": validity.refresh_days,
            "tokenValidityUnits": {"idToken": "minutes", "accessToken": "minutes", "refreshToken": "days"},
            "writeAttributes": list(user_pool.WRITABLE_ATTRIBUTES),
        },
    )
