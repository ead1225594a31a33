"""Start and stop nodes of a real Elasticsearch on loopback 启停测试节点.

    python -m tests.elasticsearch.server [NODES]     prints the address and stays until it is stopped

Elasticsearch refuses to run as root: root starts it as `nobody`. Security is off, which loopback
alone allows, unless a password is given: then `operator` with it may do everything, and nobody else anything.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.elasticsearch.fetch import fetch

NOBODY = 65534
JAVA_HOMES = ("JAVA_HOME", "ES_JAVA_HOME")
WAIT_SECONDS = 180


@dataclass
class Node:
    """One process with its own folder and its two ports."""

    name: str
    folder: Path
    port: int
    transport: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def end(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, how)
            self.process.wait(60)


@dataclass
class Cluster:
    """Nodes that know each other."""

    nodes: list[Node] = field(default_factory=list)
    #: Of the user `operator`; empty: security is off.
    password: str = ""

    @property
    def addresses(self) -> str:
        return ",".join(node.address for node in self.nodes)


def java_home() -> str:
    """Where Java 17 or later is; `java` on the path stands for it."""
    for name in JAVA_HOMES:
        if home := os.environ.get(name):
            return home
    java = shutil.which("java")
    if java is None:
        raise SystemExit("no java: apt-get install openjdk-17-jre-headless")
    return str(Path(java).resolve().parent.parent)


@contextmanager
def running(count: int = 1, heap: str = "512m", password: str = "") -> Iterator[Cluster]:
    """A cluster of `count` nodes that answers; gone, with its folder, when the block ends."""
    home = fetch()
    base = Path(tempfile.mkdtemp(prefix="integrity-archive-es-"))
    base.chmod(0o755)
    names = [f"node{number + 1}" for number in range(count)]
    cluster = Cluster([Node(name, base / name, _free_port(), _free_port()) for name in names], password)
    try:
        for node in cluster.nodes:
            start(node, cluster, home, heap)
        _wait(cluster)
        yield cluster
    finally:
        for node in cluster.nodes:
            with contextlib.suppress(ProcessLookupError):
                node.end(signal.SIGKILL)
        shutil.rmtree(base, ignore_errors=True)


def start(node: Node, cluster: Cluster, home: Path, heap: str = "512m") -> None:
    """Start one node; one that was ended finds its data again."""
    config = node.folder / "config"
    if not config.exists():
        config.mkdir(parents=True)
        for name in ("jvm.options", "log4j2.properties"):
            shutil.copy(home / "config" / name, config / name)
        for name in ("data", "logs"):
            (node.folder / name).mkdir()
    (config / "elasticsearch.yml").write_text(_settings(node, cluster), encoding="utf-8")
    if cluster.password:  # users in files: they are there before the cluster is
        (config / "users").write_text(f"operator:{_hashed(cluster.password)}\n", encoding="utf-8")
        (config / "users_roles").write_text("superuser:operator\n", encoding="utf-8")
    as_nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    if as_nobody:
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(node.folder)], check=True)  # noqa: S603, S607
    environment = os.environ | {
        "ES_JAVA_HOME": java_home(),
        "ES_PATH_CONF": str(config),
        "ES_JAVA_OPTS": f"-Xms{heap} -Xmx{heap}",
        "ES_TMPDIR": str(node.folder / "logs"),
        "HOME": str(node.folder),
    }
    with (node.folder / "out.log").open("ab") as log:
        node.process = subprocess.Popen(  # noqa: S603
            [*as_nobody, *_launch(home, config)],
            env=environment, cwd=home, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def _hashed(password: str) -> str:
    """As the server's own tool would write it."""
    salt = os.urandom(32)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 10_000, 32)
    return f"{{PBKDF2}}10000${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _launch(home: Path, config: Path) -> list[str]:
    """What the server's own start script would call; the archive has it for another system only."""
    options = {
        "cli.name": "server",
        "cli.script": home / "bin" / "elasticsearch",
        "cli.libs": "lib/tools/server-cli",
        "es.path.home": home,
        "es.path.conf": config,
        "es.distribution.type": "tar",
    }
    told = [f"-D{name}={value}" for name, value in options.items()]
    java = str(Path(java_home()) / "bin" / "java")
    classes = f"{home}/lib/*:{home}/lib/cli-launcher/*"
    return [java, "-Xms4m", "-Xmx64m", "-XX:+UseSerialGC", *told, "-cp", classes,
            "org.elasticsearch.launcher.CliToolLauncher"]  # fmt: skip


def _settings(node: Node, cluster: Cluster) -> str:
    lines: dict[str, object] = {
        "cluster.name": "integrity-archive-tests",
        "node.name": node.name,
        "network.host": "127.0.0.1",
        "http.port": node.port,
        "transport.port": node.transport,
        "path.data": str(node.folder / "data"),
        "path.logs": str(node.folder / "logs"),
        "node.store.allow_mmap": False,
        "cluster.routing.allocation.disk.threshold_enabled": False,
        "xpack.security.enabled": bool(cluster.password),
        "xpack.security.autoconfiguration.enabled": False,
    }
    if len(cluster.nodes) == 1:
        lines["discovery.type"] = "single-node"
    else:
        lines["discovery.seed_hosts"] = [f"127.0.0.1:{one.transport}" for one in cluster.nodes]
        lines["cluster.initial_master_nodes"] = [one.name for one in cluster.nodes]
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in lines.items())


def _wait(cluster: Cluster) -> None:
    until = time.monotonic() + WAIT_SECONDS
    question = f"{cluster.nodes[0].address}/_cluster/health?wait_for_nodes=ge({len(cluster.nodes)})&timeout=1s"
    while time.monotonic() < until:
        asked = urllib.request.Request(question, headers=_authorised(cluster))  # noqa: S310
        with contextlib.suppress(OSError), urllib.request.urlopen(asked, timeout=5) as answer:  # noqa: S310
            if not json.load(answer)["timed_out"]:
                return
        for node in cluster.nodes:
            if node.process is not None and node.process.poll() is not None:
                raise SystemExit((node.folder / "out.log").read_text(encoding="utf-8")[-3000:])
        time.sleep(0.5)
    raise SystemExit("Elasticsearch did not answer in time")


def _authorised(cluster: Cluster) -> dict[str, str]:
    told = base64.b64encode(f"operator:{cluster.password}".encode()).decode()
    return {"Authorization": f"Basic {told}"} if cluster.password else {}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with running(int(sys.argv[1]) if len(sys.argv) > 1 else 1) as started:
        print(started.addresses, flush=True)  # noqa: T201
        signal.pause()
