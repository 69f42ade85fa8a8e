# The indexer's programs (worker, beat, web); which one runs is the command, see docker-compose.yml.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 UV_NO_CACHE=1
WORKDIR /app

# uv rather than pip: pip cannot install a directory beside constraints that have hashes.
COPY constraints.txt .
RUN pip install "$(grep --only-matching '^uv==[^ ]*' constraints.txt)"

COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY indexer indexer
COPY mappings mappings
COPY queries queries
# Without the extra `embedded`: the services are containers of their own.
RUN uv pip install --system --constraints constraints.txt ".[oidc]" && useradd --create-home indexer

# A volume that is mounted here is the user's, as the directory is.
RUN mkdir /exports && chown indexer: /exports

USER indexer
CMD ["indexer", "--help"]
