# Pinned by digest: the image is built from the base that was tested. `make base-image` writes the newest one here.
ARG BASE=python:3.13-slim@sha256:70729b46c69b4f1e97c4822c1af3df53a1476cf5ddc6c087c0c10bc3a5678c2f

# Every package is a wheel that is checked against its hash in a lock file; nothing is compiled.
FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_INPUT=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
RUN python -m venv --without-pip /opt/venv && python -m venv /opt/tools
COPY requirements.lock requirements-build.lock ./
RUN python -m pip --python /opt/venv/bin/python install --require-hashes --only-binary :all: -r requirements.lock
RUN /opt/tools/bin/python -m pip install --require-hashes --only-binary :all: -r requirements-build.lock
# A third of what the packages install is never used: deploy/trim.py lists it, with reasons.
COPY deploy/trim.py ./
RUN python trim.py /opt/venv/lib/python3.*/site-packages
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY prices prices
RUN /opt/tools/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && python -m pip --python /opt/venv/bin/python install --no-deps --no-index dist/*.whl \
    && chmod -R a+rX prices

FROM ${BASE}
# The user 10001 owns /data and nothing else. A folder that is mounted as /data must belong to 10001 too.
# The final image installs nothing, so it has no pip.
RUN groupadd --gid 10001 analytics \
    && useradd --no-log-init --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin analytics \
    && install --directory --owner 10001 --group 10001 --mode 700 /data \
    && python -m pip uninstall --quiet --yes --root-user-action ignore pip
COPY --from=build /opt/venv /opt/venv
COPY --from=build /build/prices /srv/prices
# TMPDIR: an import keeps an index of all messages in a temporary file. In the compose file's tmpfs it would use memory.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    TMPDIR=/data \
    HOST=0.0.0.0 \
    PORT=3001
# Relative paths in settings, such as PRICES_FILE=prices/2026-11.csv, begin here.
WORKDIR /srv
VOLUME /data
USER 10001:10001
EXPOSE 3001
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["librechat-analytics", "health"]
ENTRYPOINT ["librechat-analytics"]
CMD ["serve"]
