# syntax=docker/dockerfile:1
# One image for every role: `serve`, `work`, `migrate` and the operator's verbs are arguments of ./kith.
# Local servers (PostgreSQL, Valkey, S3, Caddy) are not in it: requirements-local.txt is left out.

# The Python that the tests run on.
ARG PYTHON=python:3.11-slim-bookworm
ARG NODE=node:22-slim


# What browsers need, and the certificates of RDS, both as the lockfiles say.
FROM ${NODE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && node -e "const { createHash } = require('crypto'), fs = require('fs'); \
    fs.writeFileSync('node_modules/.kith-lock', createHash('sha256').update(fs.readFileSync('package-lock.json')).digest('hex'))"
WORKDIR /rds
COPY infra/image/package.json infra/image/package-lock.json infra/image/.npmrc infra/image/rds-ca.mjs ./
RUN npm ci && node rds-ca.mjs > rds-ca.pem


# Python's packages first: they change less often than the code.
FROM ${PYTHON} AS build
WORKDIR /app
COPY kith requirements.txt ./
RUN python3 -c "import runpy; runpy.run_path('kith')['install']('requirements.txt')"
COPY app app
COPY stack stack
COPY tenants tenants
COPY workers workers
COPY infra/image/healthy.py infra/image/bucket.py ./
COPY --from=packages /rds/rds-ca.pem ./
# Assets are built from the packages of the stage before; they themselves stay behind.
RUN --mount=type=bind,from=packages,source=/app,target=/packages \
    cp -R /packages/package-lock.json /packages/node_modules . \
    && .venv/bin/python -c "from pathlib import Path; from app.ui.assets import build; build(Path.cwd())" \
    && .venv/bin/python -m compileall -q --invalidation-mode unchecked-hash app stack tenants workers \
    && rm -rf node_modules package-lock.json app/static/src


FROM ${PYTHON}
LABEL org.opencontainers.image.title="Kith" \
      org.opencontainers.image.description="A CRM that keeps what hurts or helps a customer relation on top"
RUN groupadd --system --gid 10001 kith \
    && useradd --system --uid 10001 --gid kith --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin kith
WORKDIR /app
COPY --from=build /app /app
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 KITH_DATA_DIR=/tmp/kith
# The one place that is written to, by large forms; all else may be read-only.
VOLUME ["/tmp"]
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/app/.venv/bin/python", "/app/healthy.py"]
ENTRYPOINT ["/app/kith"]
CMD ["serve", "--roles", "web", "--host", "0.0.0.0"]
