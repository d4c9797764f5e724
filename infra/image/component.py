"""The Lambda's image and the repository that keeps it."""

import json
from pathlib import Path

import pulumi
import pulumi_docker_build as docker_build
from pulumi_aws import ecr

from infra.config.model import Config
from infra.image.source import source_tag

KEPT_IMAGES = 30
"""How many images the repository keeps, so that a roll back finds its own."""


class Image(pulumi.ComponentResource):
    """The image, built from the Dockerfile, pushed to ECR and known by its digest."""

    uri: pulumi.Output[str]
    """Repository and digest: a tag could mean another image tomorrow."""
    digest: pulumi.Output[str]

    def __init__(
        self,
        config: Config,
        *,
        root: Path,
        account_id: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`root` is the project's folder, with the Dockerfile."""
        super().__init__("expenses:infra:Image", config.name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        repository = ecr.Repository(
            f"{config.name}-repository",
            name=config.name,
            # A tag says which source an image is from. A revert builds the same source again, with another digest on
            # another machine, and must be able to push it; what the Lambda runs is a digest, which never changes.
            image_tag_mutability="MUTABLE",
            image_scanning_configuration=ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            encryption_configurations=[ecr.RepositoryEncryptionConfigurationArgs(encryption_type="AES256")],
            force_delete=not config.deletion_protection,
            opts=pulumi.ResourceOptions(parent=self, protect=config.deletion_protection),
        )
        ecr.LifecyclePolicy(
            f"{config.name}-lifecycle", repository=repository.name, policy=json.dumps(_LIFECYCLE_POLICY), opts=child
        )
        may_pull = ecr.RepositoryPolicy(
            f"{config.name}-lambda-may-pull",
            repository=repository.name,
            policy=pulumi.Output.json_dumps(_pull_policy(config.region, account_id)),
            opts=child,
        )
        token = ecr.get_authorization_token_output(
            registry_id=repository.registry_id, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        platform = _PLATFORMS[config.architecture]
        image = docker_build.Image(
            f"{config.name}-image",
            push=True,
            # A preview needs no Docker.
            build_on_preview=False,
            context=docker_build.BuildContextArgs(location=str(root)),
            dockerfile=docker_build.DockerfileArgs(location=str(root / "Dockerfile")),
            # Exactly one: Lambda takes an image, not an index of images.
            platforms=[platform],
            tags=[pulumi.Output.concat(repository.repository_url, ":", source_tag(root, platform))],
            registries=[
                docker_build.RegistryArgs(
                    address=repository.repository_url,
                    username=token.user_name,
                    password=pulumi.Output.secret(token.password),
                )
            ],
            # The permission first: the function is made as soon as the image is there.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[may_pull]),
        )
        self.digest = image.digest
        self.uri = pulumi.Output.concat(repository.repository_url, "@", image.digest)
        self.register_outputs({"digest": self.digest})


_PLATFORMS = {"arm64": docker_build.Platform.LINUX_ARM64, "x86_64": docker_build.Platform.LINUX_AMD64}

_LIFECYCLE_POLICY = {
    "rules": [
        {
            "rulePriority": 1,
            "description": f"Keep the newest {KEPT_IMAGES} images, with a tag or without",
            # Any: an image whose tag has moved on has none, and a version of the Lambda may still run it.
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": KEPT_IMAGES},
            "action": {"type": "expire"},
        }
    ]
}


def _pull_policy(region: str, account_id: pulumi.Input[str]) -> dict[str, object]:
    """Let Lambda pull, on behalf of this account's functions only.

    https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#gettingstarted-images-permissions
    """
    functions = pulumi.Output.concat(f"arn:aws:lambda:{region}:", account_id, ":function:*")
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "LambdaPullsImages",
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                "Condition": {"StringLike": {"aws:sourceArn": functions}},
            }
        ],
    }
