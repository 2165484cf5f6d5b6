"""Everything an administrator can set, read from HILO_* variables: the one file that reads the environment.

An unknown or malformed variable is refused before anything starts; see `load`.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from clinic.privacy.retention import Policy, Span
from media.redis_client import group

PREFIX = "HILO_"


class SettingsError(ValueError):
    """A setting stops the start; the message names it, its value unless secret, and what is expected."""


@dataclass(frozen=True)
class Expected:
    """What a valid value looks like, in words, for the error message and the administrator's table."""

    words: str
    secret: bool = False


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _one_of_schemes(*schemes: str) -> AfterValidator:
    def check(url: str) -> str:
        if not url.startswith(tuple(f"{scheme}:" for scheme in schemes)):
            raise ValueError
        return url

    return AfterValidator(check)


def _redis_url(url: str) -> str:
    if group(url) is None and not url.startswith(("redis:", "rediss:", "unix:")):
        raise ValueError
    return url


def _origin(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError
    return f"{parts.scheme}://{parts.netloc}"


def _readable(path: Path) -> Path:
    if not os.access(path, os.R_OK) or not path.is_file():
        raise ValueError
    return path


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError):
        raise ValueError from None
    return name


Port = Annotated[int, Field(ge=1, le=65535), Expected("a port number from 1 to 65535")]
Readable = Annotated[Path, AfterValidator(_readable)]
PEM = Expected("a PEM file that this user can read")
Origin = Annotated[str, AfterValidator(_origin)]
Address = Annotated[str, AfterValidator(lambda text: str(ip_address(text)))]
RedisUrl = Annotated[str, AfterValidator(_redis_url)]
TurnUrl = Annotated[str, _one_of_schemes("turn", "turns")]
Level = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(lambda text: str(text).upper())]


class Settings(BaseSettings):
    """The settings of one `hilo` process, checked."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", populate_by_name=True)

    redis_url: Annotated[
        RedisUrl | None,
        Field(description="Redis or Valkey to keep everything in. Unset: the embedded Valkey."),
        Expected("redis://, rediss://, unix://, redis+sentinel:// or redis+cluster:// and an address", secret=True),
    ] = None
    data_dir: Annotated[
        Path, Field(description="Where the embedded Valkey keeps its data."), Expected("a directory that may be made")
    ] = Path("data")
    master_key: Annotated[
        Path | None,
        Field(
            description="File of the clinic's master key, made at the first start. All processes need the same one, "
            "and whoever loses it loses the data. Unset: `master.key` in the data directory."
        ),
        Expected("a file that this user can read, or a place where one may be made"),
    ] = None
    host: Annotated[
        str,
        Field(min_length=1, description="Address that the web server listens on."),
        Expected("an address or a name"),
    ] = "127.0.0.1"
    port: Annotated[Port, Field(description="TCP port of the web server.")] = 8080
    public_url: Annotated[
        Origin | None,
        Field(description="What patients' links begin with. Unset: `http(s)://localhost:<port>`."),
        Expected("http:// or https:// and a host, without a path"),
    ] = None
    tls_cert: Annotated[Readable | None, Field(description="Certificate chain to serve HTTPS with."), PEM] = None
    tls_key: Annotated[Readable | None, Field(description="Private key of the certificate."), PEM] = None
    media_port: Annotated[
        Port, Field(description="UDP and TCP port of the first media process; the next ones take the next numbers.")
    ] = 40000
    media_processes: Annotated[
        int | None,
        Field(ge=1, le=256, description="Media processes. Unset: one a core."),
        Expected("a whole number from 1 to 256"),
    ] = None
    media_public_ips: Annotated[
        tuple[Address, ...],
        NoDecode,
        BeforeValidator(_split),
        Field(
            validation_alias=AliasChoices("HILO_MEDIA_PUBLIC_IP"),
            description="Addresses that browsers reach this machine's media ports at, when it is behind NAT. "
            "Unset: those of its interfaces.",
        ),
        Expected("IP addresses, comma separated"),
    ] = ()
    media_capacity: Annotated[
        int,
        Field(ge=1, le=100_000, description="Participants that a media process takes."),
        Expected("a whole number from 1 to 100000"),
    ] = 200
    media_trace_dir: Annotated[
        Path | None,
        Field(
            description="For tests and tuning: where media processes write what the ladder saw and decided. "
            "Unset: nowhere."
        ),
        Expected("a directory that may be made"),
    ] = None
    turn_urls: Annotated[
        tuple[TurnUrl, ...],
        NoDecode,
        BeforeValidator(_split),
        Field(description="TURN servers that browsers may use."),
        Expected("turn: or turns: URLs, comma separated, like turn:turn.example.org:3478?transport=udp"),
    ] = ()
    turn_secret: Annotated[
        SecretStr | None,
        Field(min_length=1, description="Secret shared with the TURN servers (coturn: `static-auth-secret`)."),
        Expected("the secret, not empty", secret=True),
    ] = None
    turn_ttl_s: Annotated[
        int,
        Field(ge=60, le=604_800, description="Seconds that a browser's TURN credentials live."),
        Expected("seconds, from 60 to 604800"),
    ] = 14400
    log_level: Annotated[
        Level, Field(description="Least level that is logged."), Expected("DEBUG, INFO, WARNING or ERROR")
    ] = "INFO"
    clinic_name: Annotated[
        str,
        Field(min_length=1, max_length=200, description="The clinic's name, as patients read it."),
        Expected("text"),
    ] = "Clínica Hilo"
    join_check: Annotated[
        Literal["none", "birth-year", "last-digits"],
        Field(description="What a patient's join link asks before it opens anything, once on each device."),
        Expected("none, birth-year, or last-digits (of the identity document)"),
    ] = "none"
    time_zone: Annotated[
        str,
        AfterValidator(_zone),
        Field(description="Time zone of the appointments."),
        Expected("a name of the IANA database, like America/Caracas"),
    ] = "America/Caracas"
    keep_records_years: Annotated[
        int,
        Field(
            ge=1,
            le=100,
            description="Years that records, triage answers and notes are kept after the clinic's own "
            "system has them. Before that nothing is deleted.",
        ),
        Expected("years, from 1 to 100"),
    ] = 10
    keep_chat_days: Annotated[
        int,
        Field(
            ge=1,
            le=36_500,
            description="Days that messages of a consultation are kept after the clinic's own system has it.",
        ),
        Expected("days, from 1 to 36500"),
    ] = 90
    keep_consents_years: Annotated[
        int,
        Field(ge=1, le=100, description="Years that consents are kept after they were given."),
        Expected("years, from 1 to 100"),
    ] = 10
    allowed_origins: Annotated[
        tuple[Origin, ...],
        NoDecode,
        BeforeValidator(_split),
        Field(description="Origins besides the public URL's own that may open the WebSocket."),
        Expected("origins like https://portal.example.org, comma separated"),
    ] = ()

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("HILO_TLS_CERT and HILO_TLS_KEY: expected both or neither")
        if self.turn_urls and self.turn_secret is None:
            raise ValueError("HILO_TURN_SECRET is not set: expected the secret that HILO_TURN_URLS' servers share")
        if self.media_ports[-1] > 65535:
            raise ValueError(
                f"HILO_MEDIA_PORT={self.media_port}: expected room for {len(self.media_ports)} ports up to 65535"
            )
        return self

    @property
    def media_ports(self) -> range:
        """One port for each media process of this machine."""
        count = self.media_processes or len(os.sched_getaffinity(0))
        return range(self.media_port, self.media_port + count)

    @property
    def master_key_path(self) -> Path:
        """The file of the clinic's master key."""
        return self.master_key or self.data_dir / "master.key"

    @property
    def policy(self) -> Policy:
        """How long each class of data is kept."""
        return Policy(
            clinical=Span("exported", years=self.keep_records_years),
            chat=Span("exported", days=self.keep_chat_days),
            consent=Span("made", years=self.keep_consents_years),
        )

    @property
    def base_url(self) -> str:
        """What links begin with, without a slash at the end."""
        return self.public_url or f"{'https' if self.tls_cert else 'http'}://localhost:{self.port}"

    @property
    def origins(self) -> frozenset[str]:
        """Every origin whose pages may open the WebSocket (RFC 6454 serialization)."""
        own = {self.base_url}
        if self.public_url is None:
            own |= {self.base_url.replace("localhost", name) for name in ("127.0.0.1", "[::1]")}
        return frozenset(own | set(self.allowed_origins))

    def ssl_context(self) -> ssl.SSLContext | None:
        """The server side's TLS, or None for plain HTTP; `ssl.SSLError` when key and certificate do not match."""
        if self.tls_cert is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.tls_cert, self.tls_key)
        return context


def load(**overrides: object) -> Settings:
    """Read the environment, then `overrides` by field name (None: not given); `SettingsError` says what is wrong."""
    given = {name: value for name, value in overrides.items() if value is not None}
    unknown = sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in _known())
    if unknown:
        raise SettingsError(f"{unknown[0]} is not a setting: expected one of {', '.join(_known())}")
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = dict.fromkeys(_explain(dict(detail), given) for detail in error.errors())
        raise SettingsError("\n".join(lines)) from None


def child_environment(settings: Settings, redis_url: str) -> dict[str, str]:
    """The environment for a child process that is to `load` these very settings, with this Redis."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}
    values = {variable(name): getattr(settings, name) for name in Settings.model_fields}
    return (
        kept
        | {name: _text(value) for name, value in values.items() if value not in (None, ())}
        | {variable("redis_url"): redis_url}
    )


def variable(field: str) -> str:
    """The environment variable of a field."""
    alias = Settings.model_fields[field].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else PREFIX + field.upper()


def table() -> str:
    """All settings as a Markdown table, for docs/administrator.md."""
    rows = ["| Variable | Default | Meaning | Expected |", "| --- | --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, ()) else f"`{field.default}`"
        rows.append(f"| `{variable(name)}` | {default} | {field.description} | {_expected(field).words} |")
    return "\n".join(rows) + "\n"


def _known() -> dict[str, str]:
    return {variable(name): name for name in Settings.model_fields}


def _expected(field: FieldInfo) -> Expected:
    return next(entry for entry in field.metadata if isinstance(entry, Expected))


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value.absolute() if isinstance(value, Path) else value)


def _explain(detail: dict[str, Any], given: Mapping[str, object]) -> str:
    if not detail["loc"]:
        return str(detail["msg"]).removeprefix("Value error, ")
    place = str(detail["loc"][0])
    field = _known().get(place, place)
    expected = _expected(Settings.model_fields[field])
    name = f"--{field.replace('_', '-')}" if field in given else variable(field)
    value = "" if expected.secret else f"={os.environ.get(name, given.get(field, detail['input']))}"
    return f"{name}{value}: expected {expected.words}"
