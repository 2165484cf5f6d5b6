# One image for every role: `hilo serve` by default, or `hilo signaling`, `hilo media` as the command.
FROM python:3.12-slim-bookworm

RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/hilo hilo
WORKDIR /app

# The dependencies in a layer of their own: it changes with pyproject.toml only.
COPY pyproject.toml ./
RUN mkdir signaling media adaptation clinic integrations \
    && pip install --no-cache-dir --root-user-action=ignore --editable .

COPY adaptation/ adaptation/
COPY clinic/ clinic/
COPY integrations/ integrations/
COPY media/ media/
COPY signaling/ signaling/
COPY web/ web/

ENV PYTHONUNBUFFERED=1 \
    HILO_HOST=0.0.0.0 \
    HILO_DATA_DIR=/var/lib/hilo/data
USER hilo
RUN mkdir /var/lib/hilo/data
VOLUME /var/lib/hilo/data

EXPOSE 8080/tcp 40000-40003/udp 40000-40003/tcp
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/readyz', timeout=2)"]

# Longer than signaling's drain: set `stop_grace_period` (compose) or `--stop-timeout` (docker) to 30 s.
STOPSIGNAL SIGTERM
CMD ["hilo", "serve"]
