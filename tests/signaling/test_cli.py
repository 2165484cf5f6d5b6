"""The command as a user runs it: exit codes, words, and the roles behind it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from free_port import free_port


def hilo(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HILO_")}
    command = (sys.executable, "-m", "signaling.cli", *arguments)
    return subprocess.run(command, env=kept | environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("command", ["serve", "signaling", "media", "demo", "doctor"])
def test_a_bad_setting_stops_every_role(command: str) -> None:
    run = hilo(command, HILO_PORT="abc")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "hilo: HILO_PORT=abc: expected a port number from 1 to 65535\n"


def test_an_unknown_setting_stops_the_start() -> None:
    run = hilo("serve", HILO_PROT="8080")
    assert run.returncode == 2
    assert run.stderr.startswith("hilo: HILO_PROT is not a setting: expected one of HILO_REDIS_URL")


def test_a_bad_option_names_the_option() -> None:
    run = hilo("serve", "--tls-cert", "/nowhere", "--tls-key", "/nowhere")
    assert run.returncode == 2
    assert "--tls-cert=/nowhere: expected a PEM file" in run.stderr


@pytest.mark.parametrize("role", ["signaling", "media"])
def test_a_lone_role_needs_a_redis(role: str, tmp_path: Path) -> None:
    run = hilo(role, HILO_DATA_DIR=str(tmp_path))
    assert run.returncode == 2
    assert "HILO_REDIS_URL is not set and no `hilo serve` runs in" in run.stderr


def test_media_index_must_exist() -> None:
    run = hilo("media", "--index", "2", HILO_MEDIA_PROCESSES="2", HILO_REDIS_URL="redis://127.0.0.1:1")
    assert run.returncode == 2
    assert "--index=2: expected 0 to 1" in run.stderr


def test_serve_says_what_to_do_about_a_taken_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = str(holder.getsockname()[1])
        run = hilo("serve", "--port", port, HILO_DATA_DIR=str(tmp_path))
    assert run.returncode == 2
    assert f"HILO_PORT={port}: cannot listen there on 127.0.0.1" in run.stderr
    assert "choose another with --port" in run.stderr


def test_serve_says_what_to_do_about_a_taken_media_port(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("0.0.0.0", 0))
        port = str(holder.getsockname()[1])
        run = hilo("serve", "--port", str(free_port()), "--media-port", port, "--media-processes", "1")
    assert run.returncode == 2
    assert f"UDP or TCP port {port} is taken" in run.stderr


def test_doctor_exits_with_one_when_something_fails(tmp_path: Path) -> None:
    port = str(free_port())
    run = hilo("doctor", "--port", port, "--data-dir", str(tmp_path), HILO_REDIS_URL="redis://127.0.0.1:1")
    assert run.returncode == 1
    assert "fail  Redis: cannot be used" in run.stdout


def test_settings_are_printed_as_a_table() -> None:
    assert "| `HILO_PORT` | `8080` | TCP port of the web server. |" in hilo("settings").stdout
