# One recipe for every service:
#   docker build --build-arg SERVICE=parser --tag steppewire/parser .
#   docker build --build-arg SERVICE=newsroom --build-arg FOLDER=newsroom .
# And for the command `steppewire`, which is no service, but runs their code for a replay:
#   docker build --build-arg SERVICE=ops --build-arg FOLDER=services --build-arg PACKAGES='steppewire[cli,archive] …' .

FROM python:3.13-slim AS builder
WORKDIR /build
# The caches lie where we say, and not where pip and uv guess from who builds; hadolint knows only
# the guess (DL3042).
ENV PIP_CACHE_DIR=/cache/pip \
    PIP_ROOT_USER_ACTION=ignore \
    UV_CACHE_DIR=/cache/uv \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    VIRTUAL_ENV=/opt/steppewire

COPY requirements/uv.txt requirements/build.txt requirements/
# hadolint ignore=DL3042
RUN --mount=type=cache,target=/cache/pip \
    pip install --require-hashes -r requirements/uv.txt -r requirements/build.txt \
    && python -m venv --without-pip "$VIRTUAL_ENV"

# The pinned dependencies change seldom, the code often: two layers.
ARG SERVICE
COPY requirements/${SERVICE}.txt requirements/
RUN --mount=type=cache,target=/cache/uv \
    uv pip install --require-hashes -r "requirements/${SERVICE}.txt"

# yes: with what sends traces to an OpenTelemetry collector
ARG TRACING=
COPY requirements/trace.txt requirements/
RUN --mount=type=cache,target=/cache/uv \
    if [ -n "$TRACING" ]; then uv pip install --require-hashes -r requirements/trace.txt; fi

ARG FOLDER=services/${SERVICE}
ARG PACKAGES=steppewire-${SERVICE}
COPY shared shared
COPY ${FOLDER} service
# --no-index: the service must find all that it asks for among the pinned files and our own
# wheels, or the build fails here instead of the container at midnight.
# hadolint ignore=SC2086
RUN for project in shared/pyproject.toml service/pyproject.toml service/*/pyproject.toml; do \
        test ! -e "$project" \
        || pip wheel --no-deps --no-build-isolation --no-cache-dir --wheel-dir wheels "./${project%/*}" \
        || exit 1; \
    done \
    && uv pip install --no-index --find-links wheels $PACKAGES


FROM python:3.13-slim
ARG SERVICE
LABEL org.opencontainers.image.title="steppewire-${SERVICE}" \
      org.opencontainers.image.description="The ${SERVICE} of steppewire, an open newswire for Central Asia" \
      org.opencontainers.image.licenses="MIT"

# A fixed uid, so that volumes and Kubernetes' runAsUser agree; the folders exist so that fresh
# named volumes inherit their owner.
RUN groupadd --gid 10001 steppewire \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/steppewire steppewire \
    && install -d -o steppewire -g steppewire \
        /var/lib/steppewire /var/lib/steppewire/blobs /var/lib/steppewire/demo \
        /var/lib/steppewire/keys

COPY deploy/docker/healthy.py /usr/local/bin/healthy
COPY --from=builder /opt/steppewire /opt/steppewire

ENV PATH=/opt/steppewire/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1 \
    SERVICE=${SERVICE} \
    HEALTH_URL=http://127.0.0.1:8081/health/ready \
    STEPPEWIRE_HEALTH_HOST=0.0.0.0 \
    STEPPEWIRE_HEALTH_PORT=8081 \
    STEPPEWIRE_BLOBS=/var/lib/steppewire/blobs

WORKDIR /var/lib/steppewire
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
    CMD ["python", "-IS", "/usr/local/bin/healthy"]
CMD ["sh", "-c", "exec python -m \"steppewire_$SERVICE\""]
