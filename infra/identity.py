"""Who may use the API: the pool of users, its client and its login pages."""

from urllib.parse import quote

import pulumi
from pulumi_aws import cognito

from definitions import user_pool as definition
from infra.config.model import Config


class Identity(pulumi.ComponentResource):
    """A Cognito pool where people sign in by email, and one public client: no secret, so SRP or code with PKCE."""

    user_pool_arn: pulumi.Output[str]
    user_pool_id: pulumi.Output[str]
    client_id: pulumi.Output[str]
    login_url: pulumi.Output[str]

    def __init__(
        self, config: Config, *, account_id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("expenses:infra:Identity", config.name, None, opts)
        # A new pool, client or domain has another id or address, which every front end has built in.
        kept = pulumi.ResourceOptions(parent=self, protect=config.deletion_protection)
        pool = _user_pool(config, kept)
        client = _client(config, pool, kept)
        # LITE has only the older login pages, which take no branding.
        managed_login = config.user_pool_tier != "LITE"
        domain = cognito.UserPoolDomain(
            f"{config.name}-login",
            # Unique in the region, across all accounts.
            domain=config.login_domain_prefix or pulumi.Output.concat(config.name, "-", account_id),
            user_pool_id=pool.id,
            managed_login_version=2 if managed_login else 1,
            opts=kept,
        )
        if managed_login:
            cognito.ManagedLoginBranding(
                f"{config.name}-branding",
                user_pool_id=pool.id,
                client_id=client.id,
                use_cognito_provided_values=True,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.user_pool_arn = pool.arn
        self.user_pool_id = pool.id
        self.client_id = client.id
        self.login_url = pulumi.Output.concat(
            "https://",
            domain.domain,
            f".auth.{config.region}.amazoncognito.com/login",
            f"?response_type=code&scope={'+'.join(definition.OAUTH_SCOPES)}&client_id=",
            client.id,
            "&redirect_uri=",
            quote(config.callback_urls[0], safe=""),
        )
        self.register_outputs({"user_pool_id": self.user_pool_id, "client_id": self.client_id})


def _user_pool(config: Config, opts: pulumi.ResourceOptions) -> cognito.UserPool:
    return cognito.UserPool(
        f"{config.name}-users",
        name=config.name,
        user_pool_tier=config.user_pool_tier,
        username_attributes=definition.USERNAME_ATTRIBUTES,
        username_configuration=cognito.UserPoolUsernameConfigurationArgs(case_sensitive=False),
        auto_verified_attributes=definition.AUTO_VERIFIED_ATTRIBUTES,
        # A new address counts only when it has been verified; the old one signs in until then.
        user_attribute_update_settings=cognito.UserPoolUserAttributeUpdateSettingsArgs(
            attributes_require_verification_before_updates=definition.AUTO_VERIFIED_ATTRIBUTES
        ),
        account_recovery_setting=cognito.UserPoolAccountRecoverySettingArgs(
            recovery_mechanisms=[
                cognito.UserPoolAccountRecoverySettingRecoveryMechanismArgs(name="verified_email", priority=1)
            ]
        ),
        admin_create_user_config=cognito.UserPoolAdminCreateUserConfigArgs(
            allow_admin_create_user_only=not config.self_sign_up
        ),
        verification_message_template=cognito.UserPoolVerificationMessageTemplateArgs(
            default_email_option="CONFIRM_WITH_CODE"
        ),
        password_policy=_password_policy(config.user_pool_tier),
        mfa_configuration=config.mfa,
        software_token_mfa_configuration=(
            None if config.mfa == "OFF" else cognito.UserPoolSoftwareTokenMfaConfigurationArgs(enabled=True)
        ),
        user_pool_add_ons=(
            cognito.UserPoolUserPoolAddOnsArgs(advanced_security_mode="ENFORCED")
            if config.user_pool_tier == "PLUS"
            else None
        ),
        email_configuration=_email(config),
        deletion_protection="ACTIVE" if config.deletion_protection else "INACTIVE",
        opts=opts,
    )


def _client(config: Config, pool: cognito.UserPool, opts: pulumi.ResourceOptions) -> cognito.UserPoolClient:
    validity = definition.TOKEN_VALIDITY
    # LITE has no rotation. Where there is rotation, Cognito refuses the older way to renew (REFRESH_TOKEN_AUTH):
    # https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html
    rotates = config.user_pool_tier != "LITE"
    return cognito.UserPoolClient(
        f"{config.name}-client",
        name=config.name,
        user_pool_id=pool.id,
        generate_secret=False,
        explicit_auth_flows=[*definition.AUTH_FLOWS, *(() if rotates else (definition.RENEWAL_WITHOUT_ROTATION,))],
        refresh_token_rotation=(
            cognito.UserPoolClientRefreshTokenRotationArgs(
                feature="ENABLED", retry_grace_period_seconds=definition.ROTATION_GRACE_SECONDS
            )
            if rotates
            else None
        ),
        allowed_oauth_flows_user_pool_client=True,
        allowed_oauth_flows=["code"],
        allowed_oauth_scopes=definition.OAUTH_SCOPES,
        supported_identity_providers=["COGNITO"],
        callback_urls=config.callback_urls,
        logout_urls=config.logout_urls,
        # A wrong address and a wrong password look the same.
        prevent_user_existence_errors="ENABLED",
        enable_token_revocation=True,
        id_token_validity=validity.id_minutes,
        access_token_validity=validity.access_minutes,
        refresh_token_validity=validity.refresh_days,
        token_validity_units=cognito.UserPoolClientTokenValidityUnitsArgs(
            id_token="minutes",  # noqa: S106 - a unit
            access_token="minutes",  # noqa: S106
            refresh_token="days",  # noqa: S106
        ),
        read_attributes=definition.READABLE_ATTRIBUTES,
        write_attributes=definition.WRITABLE_ATTRIBUTES,
        opts=opts,
    )


def _password_policy(tier: str) -> cognito.UserPoolPasswordPolicyArgs:
    policy = definition.PASSWORD_POLICY
    return cognito.UserPoolPasswordPolicyArgs(
        minimum_length=policy.minimum_length,
        require_lowercase=policy.require_lowercase,
        require_uppercase=policy.require_uppercase,
        require_numbers=policy.require_numbers,
        require_symbols=policy.require_symbols,
        temporary_password_validity_days=policy.temporary_password_validity_days,
        # LITE refuses a history.
        password_history_size=None if tier == "LITE" else policy.history_size,
    )


def _email(config: Config) -> cognito.UserPoolEmailConfigurationArgs:
    if not config.ses_identity_arn:
        return cognito.UserPoolEmailConfigurationArgs(email_sending_account="COGNITO_DEFAULT")
    return cognito.UserPoolEmailConfigurationArgs(
        email_sending_account="DEVELOPER", source_arn=config.ses_identity_arn, from_email_address=config.email_from
    )
