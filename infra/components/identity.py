"""Who may use the API: the pool of users, its client and its login pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

import pulumi
from pulumi_aws import cognito

from definitions import user_pool as definition


@dataclass(frozen=True, slots=True)
class IdentityArgs:
    """What the pool is to be like. `domain_prefix` is unique in the region, whoever's the account."""

    region: str
    domain_prefix: pulumi.Input[str]
    callback_urls: Sequence[str]
    logout_urls: Sequence[str]
    self_sign_up: bool
    mfa: str
    tier: str
    email_from: str
    ses_identity_arn: str
    deletion_protection: bool


class Identity(pulumi.ComponentResource):
    """A Cognito pool where people sign in by email, and one public client: no secret, so SRP or code with PKCE."""

    user_pool_arn: pulumi.Output[str]
    user_pool_id: pulumi.Output[str]
    client_id: pulumi.Output[str]
    login_url: pulumi.Output[str]

    def __init__(self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("expenses:infra:Identity", name, None, opts)
        pool = cognito.UserPool(
            f"{name}-users",
            name=name,
            user_pool_tier=args.tier,
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
                allow_admin_create_user_only=not args.self_sign_up
            ),
            verification_message_template=cognito.UserPoolVerificationMessageTemplateArgs(
                default_email_option="CONFIRM_WITH_CODE"
            ),
            password_policy=_password_policy(args.tier),
            mfa_configuration=args.mfa,
            software_token_mfa_configuration=(
                None if args.mfa == "OFF" else cognito.UserPoolSoftwareTokenMfaConfigurationArgs(enabled=True)
            ),
            user_pool_add_ons=(
                cognito.UserPoolUserPoolAddOnsArgs(advanced_security_mode="ENFORCED") if args.tier == "PLUS" else None
            ),
            email_configuration=_email(args),
            deletion_protection="ACTIVE" if args.deletion_protection else "INACTIVE",
            opts=pulumi.ResourceOptions(parent=self, protect=args.deletion_protection),
        )
        validity = definition.TOKEN_VALIDITY
        client = cognito.UserPoolClient(
            f"{name}-client",
            name=name,
            user_pool_id=pool.id,
            generate_secret=False,
            explicit_auth_flows=definition.AUTH_FLOWS,
            allowed_oauth_flows_user_pool_client=True,
            allowed_oauth_flows=["code"],
            allowed_oauth_scopes=definition.OAUTH_SCOPES,
            supported_identity_providers=["COGNITO"],
            callback_urls=args.callback_urls,
            logout_urls=args.logout_urls,
            # A wrong address and a wrong password look the same.
            prevent_user_existence_errors="ENABLED",
            enable_token_revocation=True,
            id_token_validity=validity.id_minutes,
            access_token_validity=validity.access_minutes,
            refresh_token_validity=validity.refresh_days,
            token_validity_units=cognito.UserPoolClientTokenValidityUnitsArgs(**definition.TOKEN_VALIDITY_UNITS),
            read_attributes=definition.READABLE_ATTRIBUTES,
            write_attributes=definition.WRITABLE_ATTRIBUTES,
            opts=pulumi.ResourceOptions(parent=self),
        )
        # LITE has only the older login pages, which take no branding.
        managed_login = args.tier != "LITE"
        domain = cognito.UserPoolDomain(
            f"{name}-login",
            domain=args.domain_prefix,
            user_pool_id=pool.id,
            managed_login_version=2 if managed_login else 1,
            opts=pulumi.ResourceOptions(parent=self),
        )
        if managed_login:
            cognito.ManagedLoginBranding(
                f"{name}-branding",
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
            f".auth.{args.region}.amazoncognito.com/login?response_type=code&scope={'+'.join(definition.OAUTH_SCOPES)}",
            "&client_id=",
            client.id,
            "&redirect_uri=",
            quote(args.callback_urls[0], safe=""),
        )
        self.register_outputs({"user_pool_id": self.user_pool_id, "client_id": self.client_id})


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


def _email(args: IdentityArgs) -> cognito.UserPoolEmailConfigurationArgs:
    if not args.ses_identity_arn:
        return cognito.UserPoolEmailConfigurationArgs(email_sending_account="COGNITO_DEFAULT")
    return cognito.UserPoolEmailConfigurationArgs(
        email_sending_account="DEVELOPER", source_arn=args.ses_identity_arn, from_email_address=args.email_from
    )
