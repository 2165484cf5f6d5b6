"""Settings: what is refused, in which words, and what is derived."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from media.redis_client import Group, group
from signaling.programs import media_config
from signaling.settings import SettingsError, child_environment, load, table


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.upper().startswith("HILO_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("HILO_PORT", "abc", "HILO_PORT=abc: expected a port number from 1 to 65535"),
        ("HILO_PORT", "70000", "HILO_PORT=70000: expected a port number from 1 to 65535"),
        ("hilo_port", "0", "HILO_PORT=0: expected a port number from 1 to 65535"),
        ("HILO_HOST", "", "HILO_HOST=: expected an address or a name"),
        ("HILO_MEDIA_PROCESSES", "0", "HILO_MEDIA_PROCESSES=0: expected a whole number from 1 to 256"),
        ("HILO_MEDIA_PORT", "65536", "HILO_MEDIA_PORT=65536: expected a port number from 1 to 65535"),
        ("HILO_MEDIA_PUBLIC_IP", "1.2.3.4,example.org",
         "HILO_MEDIA_PUBLIC_IP=1.2.3.4,example.org: expected IP addresses, comma separated"),
        ("HILO_PUBLIC_URL", "https://a.example/hilo",
         "HILO_PUBLIC_URL=https://a.example/hilo: expected http:// or https:// and a host, without a path"),
        ("HILO_PUBLIC_URL", "a.example", "HILO_PUBLIC_URL=a.example: expected http:// or https:// and a host, without"),
        ("HILO_TLS_CERT", "/nowhere.pem", "HILO_TLS_CERT=/nowhere.pem: expected a PEM file that this user can read"),
        ("HILO_TIME_ZONE", "Caracas", "HILO_TIME_ZONE=Caracas: expected a name of the IANA database"),
        ("HILO_TIME_ZONE", "../../etc/passwd", "HILO_TIME_ZONE=../../etc/passwd: expected a name of the IANA database"),
        ("HILO_LOG_LEVEL", "chatty", "HILO_LOG_LEVEL=chatty: expected DEBUG, INFO, WARNING or ERROR"),
        ("HILO_TURN_URLS", "https://turn", "HILO_TURN_URLS=https://turn: expected turn: or turns: URLs"),
        ("HILO_TURN_URLS", "turn:turn.example", "HILO_TURN_SECRET is not set: expected the secret"),
        ("HILO_TURN_TTL_S", "1.5", "HILO_TURN_TTL_S=1.5: expected seconds, from 60 to 604800"),
        ("HILO_ALLOWED_ORIGINS", "*", "HILO_ALLOWED_ORIGINS=*: expected origins like"),
        ("HILO_PROT", "1", "HILO_PROT is not a setting: expected one of HILO_REDIS_URL, HILO_DATA_DIR"),
    ],
)  # fmt: skip
def test_refuses(monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load()
    assert str(refused.value).startswith(message)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["HILO_REDIS_URL", "HILO_TURN_SECRET"])
def test_never_shows_a_secret(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("HILO_REDIS_URL", "http://user:hunter2@redis")
    monkeypatch.setenv("HILO_TURN_SECRET", "")
    with pytest.raises(SettingsError) as refused:
        load()
    assert f"{name}: expected" in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("redis://redis:6379/0", True),
        ("unix:///run/valkey", True),
        ("redis+sentinel://user:p%40ss@one:26379,two,[2001:db8::1]:26380/clinic?db=1&sentinel_password=s", True),
        ("rediss+cluster://one:7000,two", True),
        ("redis+sentinel://one,two", False),
        ("redis+sentinel://one,,two/clinic", False),
        ("redis+sentinel://one/clinic?dB=1", False),
        ("redis+sentinel://one:port/clinic", False),
        ("redis+cluster://one/0", False),
        ("redis+twemproxy://one", False),
        ("http+cluster://one", False),
    ],
)
def test_addresses_of_redis(url: str, good: bool) -> None:
    if good:
        assert load(redis_url=url).redis_url == url
        return
    with pytest.raises(SettingsError, match=r"--redis-url: expected redis://, "):
        load(redis_url=url)


def test_parts_of_a_group_of_servers() -> None:
    url = "redis+sentinel://user:p%40ss@one:26379,two,[2001:db8::1]:26380/clinic?db=1&sentinel_password=s"
    hosts = (("one", 26379), ("two", 26379), ("2001:db8::1", 26380))
    login, sentinel_login = {"username": "user", "password": "p@ss"}, {"password": "s"}
    assert group(url) == Group("sentinel", hosts, "clinic", login, sentinel_login, db=1, tls=False)
    assert group("rediss+cluster://one") == Group("cluster", (("one", 6379),), "", {}, {}, db=0, tls=True)
    assert group("redis://one") is None


def test_certificate_and_key_go_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cert.pem").touch()
    monkeypatch.setenv("HILO_TLS_CERT", str(tmp_path / "cert.pem"))
    with pytest.raises(SettingsError, match="HILO_TLS_CERT and HILO_TLS_KEY: expected both or neither"):
        load()


def test_media_ports_must_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HILO_MEDIA_PORT", "65535")
    monkeypatch.setenv("HILO_MEDIA_PROCESSES", "2")
    with pytest.raises(SettingsError, match="HILO_MEDIA_PORT=65535: expected room for 2 ports"):
        load()


def test_reads_lists_and_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HILO_MEDIA_PUBLIC_IP", "192.0.2.1, 2001:db8::1")
    monkeypatch.setenv("HILO_ALLOWED_ORIGINS", "https://a.example,https://b.example:8443/")
    monkeypatch.setenv("HILO_LOG_LEVEL", "debug")
    settings = load()
    assert settings.media_public_ips == ("192.0.2.1", "2001:db8::1")
    assert settings.allowed_origins == ("https://a.example", "https://b.example:8443")
    assert settings.log_level == "DEBUG"


def test_the_command_line_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HILO_PORT", "8081")
    assert load(port="8082", host=None).port == 8082
    with pytest.raises(SettingsError, match=r"--port=x: expected a port number"):
        load(port="x")


def test_derives_url_and_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().base_url == "http://localhost:8080"
    assert load().origins == {"http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"}
    monkeypatch.setenv("HILO_PUBLIC_URL", "https://hilo.example/")
    assert load().base_url == "https://hilo.example"
    assert load().origins == {"https://hilo.example"}


def test_media_ports_follow_each_other() -> None:
    assert list(load(media_port=41000, media_processes=3).media_ports) == [41000, 41001, 41002]
    assert len(load().media_ports) == len(os.sched_getaffinity(0))


def test_traces_are_written_where_the_administrator_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert media_config(load(), "redis://", 0).trace_dir is None
    assert media_config(load(media_trace_dir="traces"), "redis://", 0).trace_dir == str(tmp_path / "traces")


def test_a_child_loads_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HILO_MEDIA_PUBLIC_IP", "192.0.2.1,192.0.2.2")
    monkeypatch.setenv("HILO_TURN_URLS", "turn:a.example,turns:a.example")
    monkeypatch.setenv("HILO_TURN_SECRET", "s3cret")
    settings = load(port=8443, data_dir=tmp_path, clinic_name="Clínica Ávila")
    for name, value in child_environment(settings, "unix:///run/valkey").items():
        monkeypatch.setenv(name, value)
    assert load() == settings.model_copy(update={"redis_url": "unix:///run/valkey"})


def test_the_administrators_page_holds_the_table() -> None:
    page = Path(__file__).parents[2] / "docs" / "administrator.md"
    assert table() in page.read_text(), "put the output of `hilo settings` into docs/administrator.md"
