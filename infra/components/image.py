"""The Lambda's image and the repository that keeps it."""

import json
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_docker_build as docker_build
from pulumi_aws import ecr

from infra.image_source import source_tag

KEPT_IMAGES = 30
"""How many images the repository keeps, so that a roll back finds its own."""


@dataclass(frozen=True, slots=True)
class ImageArgs:
    """What the image is made from and for. `root` is the project's folder."""

    root: Path
    region: str
    account_id: pulumi.Input[str]
    architecture: str
    keep_on_destroy: bool


class Image(pulumi.ComponentResource):
    """The image, built from the Dockerfile, pushed to ECR and known by its digest."""

    uri: pulumi.Output[str]
    """Repository and digest: a tag could mean another image tomorrow."""
    digest: pulumi.Output[str]

    def __init__(self, name: str, args: ImageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("expenses:infra:Image", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        repository = ecr.Repository(
            f"{name}-repository",
            name=name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            encryption_configurations=[ecr.RepositoryEncryptionConfigurationArgs(encryption_type="AES256")],
            force_delete=not args.keep_on_destroy,
            opts=child,
        )
        ecr.LifecyclePolicy(
            f"{name}-lifecycle", repository=repository.name, policy=json.dumps(_LIFECYCLE_POLICY), opts=child
        )
        may_pull = ecr.RepositoryPolicy(
            f"{name}-lambda-may-pull",
            repository=repository.name,
            policy=pulumi.Output.json_dumps(_pull_policy(args.region, args.account_id)),
            opts=child,
        )
        token = ecr.get_authorization_token_output(
            registry_id=repository.registry_id, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        platform = _PLATFORMS[args.architecture]
        image = docker_build.Image(
            f"{name}-image",
            push=True,
            # A preview needs no Docker.
            build_on_preview=False,
            context=docker_build.BuildContextArgs(location=str(args.root)),
            dockerfile=docker_build.DockerfileArgs(location=str(args.root / "Dockerfile")),
            # Exactly one: Lambda takes an image, not an index of images.
            platforms=[platform],
            tags=[pulumi.Output.concat(repository.repository_url, ":", source_tag(args.root, platform))],
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
            "description": f"Keep the newest {KEPT_IMAGES} images",
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
