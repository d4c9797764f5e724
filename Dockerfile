# The Lambda function as a container image: Python, the locked dependencies, api/ and the contract. Nothing else.
#
#   docker build .                         the image that Lambda runs
#   docker build --target emulator .       the same with Lambda's emulator: docker run -p 9000:8080
#
# Lambda takes one architecture and no index: buildx needs --provenance=false --sbom=false.
#
# Images of others stand in FROM literally, because Dependabot reads no ARG. One with @sha256: is pinned;
# `make pin-images` adds the digests and Dependabot renews them. Another registry: docker build --build-context NAME=…

# Lambda fetches an image piece by piece as it is read, and caches by layer: what changes least comes first.
FROM python:3.13-slim-bookworm AS python
# The slim image has no bytecode of the standard library. Compiling it at every cold start would take most of a second.
# -f: what this very Python has just compiled for itself goes by timestamps, which a build may rewrite.
RUN umask 022 && python -m compileall -f -q -j 0 --invalidation-mode unchecked-hash \
    -x '/(site-packages|test|ensurepip|idlelib|tkinter|turtledemo)/' \
    "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')"

FROM python AS dependencies
WORKDIR /build
COPY requirements/image.txt requirements/runtime.txt requirements/
RUN python -m pip install --quiet --no-cache-dir --root-user-action ignore --no-compile \
      --require-hashes --no-deps --only-binary=:all: -r requirements/image.txt \
 && python -m pip install --quiet --no-cache-dir --root-user-action ignore --no-compile \
      --require-hashes --no-deps --only-binary=:all: -r requirements/runtime.txt --target /image/opt/python
COPY tools/image_layout.py tools/image_patterns.py tools/image_roots.py tools/image_sdk.py tools/
COPY api/dynamodb/operations.py api/dynamodb/
RUN python -m tools.image_layout dependencies /image && chmod -R a+rX /image

FROM dependencies AS task
COPY openapi.yaml ./
COPY api api
RUN python -m tools.image_layout task /image && chmod -R a+rX /image

FROM python AS function
ENV LAMBDA_TASK_ROOT=/var/task PYTHONPATH=/opt/python
WORKDIR /var/task
COPY --from=dependencies /image/opt /opt
COPY --from=task /image/var/task /var/task
LABEL org.opencontainers.image.title="expense-tracker" \
      org.opencontainers.image.description="An expense tracker backend for AWS, built from its OpenAPI contract." \
      org.opencontainers.image.licenses="Apache-2.0"
ENTRYPOINT ["/usr/local/bin/python", "-m", "awslambdaric"]
CMD ["api.handler.handler"]

FROM public.ecr.aws/lambda/python:3.13 AS aws
FROM function AS emulator
COPY --from=aws /usr/local/bin/aws-lambda-rie /usr/local/bin/aws-lambda-rie
USER 993:990
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/aws-lambda-rie", "/usr/local/bin/python", "-m", "awslambdaric"]
CMD ["api.handler.handler"]

# The last target is the one that is built where none is named.
FROM function
