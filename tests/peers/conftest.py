"""What the tests share: an environment that knows nothing of the person's AWS configuration, simulators, AWS's
own clients of both accounts, and an independent server."""

import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading

import pytest

# Before botocore is imported: nothing of the person's own may be read, found or written.
HOME = tempfile.TemporaryDirectory(prefix="certferry-peers-")
for _name in list(os.environ):
    if _name.startswith(("AWS_", "XDG_", "BOTO_")) or _name.lower().endswith("_proxy") or _name in ("TMUX", "NO_COLOR"):
        del os.environ[_name]
os.environ.update(
    HOME=HOME.name,
    AWS_CONFIG_FILE=f"{HOME.name}/no-config",
    AWS_SHARED_CREDENTIALS_FILE=f"{HOME.name}/no-credentials",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_PAGER="",
    LC_ALL="C.UTF-8",
    TZ="UTC",
)

import boto3  # noqa: E402
import botocore.config  # noqa: E402
from terminal import Terminal  # noqa: E402

LONGEST = 60.0
REGION = "us-east-1"
SOURCE, RECIPIENT = "source", "recipient"
BINARY = os.environ.get("CERTFERRY_BINARY", "")
BIN = pathlib.Path(sys.executable).parent


def environment(**more):
    """The environment of a child: what this process has kept, and some more."""
    return {**os.environ, **more}


class Outcome:
    """How a command of the AWS CLI ended."""

    def __init__(self, line, process):
        self.line, self.code = line, process.returncode
        self.out, self.err = process.stdout, process.stderr

    def __repr__(self):
        return f"{self.line}\nexit code {self.code}\n{self.out}{self.err}"

    def succeeded(self):
        assert self.code == 0 and self.err == "", self
        return self

    def json(self):
        return json.loads(self.succeeded().out)

    def nothing(self):
        """It succeeded and had nothing to say."""
        assert self.succeeded().out == "", self

    def refused(self, code):
        """The service refused it with this error."""
        found = re.search(r"An error occurred \((\w+)\) when calling the (\w+) operation: (.+)", self.err)
        assert found, self
        # The AWS CLI, version 1, has one exit code for all errors of a service; version 2 has 254.
        assert (found[1], self.code, self.out) == (code, 255, ""), self
        return found[3]

    def invalid(self, text):
        """The AWS CLI refused it without asking the service."""
        assert self.code in (2, 255) and self.out == "" and text in self.err, self
        assert "An error occurred (" not in self.err.replace("An error occurred (ParamValidation)", ""), self


class Simulator:
    """`certferry simulator`, running."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [BINARY, "simulator", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        # It closes its output when everything is said; should it not come to that, the wait ends with it.
        watch = threading.Timer(LONGEST, self.process.kill)
        watch.start()
        printed = self.process.stdout.read()
        watch.cancel()
        assignments = [shlex.split(line)[1] for line in printed.splitlines() if line.startswith("export ")]
        self.variables = dict(assignment.split("=", 1) for assignment in assignments)
        assert self.variables, "the simulator printed nothing"
        self.url = self.variables["AWS_ENDPOINT_URL"]
        self._clients = {}
        self.accounts = {side: self.variables[f"CERTFERRY_{side.upper()}_ACCOUNT"] for side in (SOURCE, RECIPIENT)}

    def keys(self, side):
        prefix = f"CERTFERRY_{side.upper()}_"
        return {
            f"AWS_{name}": self.variables[prefix + name] for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
        }

    def client(self, side, service="iot", **config):
        """A boto3 client of one account that makes one attempt."""
        kept = (side, service, *config.items())
        if kept not in self._clients:
            self._clients[kept] = self.new_client(side, service, **config)
        return self._clients[kept]

    def new_client(self, side, service="iot", **config):
        """The same, for who changes its ways."""
        keys = self.keys(side)
        return boto3.session.Session().client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
            config=botocore.config.Config(
                retries={"total_max_attempts": 1}, read_timeout=LONGEST, inject_host_prefix=False, **config
            ),
        )

    def aws(self, side, line, **values):
        """Runs a line that begins with `aws`, with values for the words that stand for them."""
        words = [values.get(word.replace("-", "_"), word) for word in shlex.split(line)]
        assert words[0] == "aws", line
        words = [str(BIN / "aws"), *words[1:], "--endpoint-url", self.url]
        child = environment(AWS_DEFAULT_REGION=REGION, AWS_MAX_ATTEMPTS="1", **self.keys(side))
        process = subprocess.run(
            words, env=child, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LONGEST
        )
        return Outcome(shlex.join(words), process)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(LONGEST)
        finally:
            self.process.kill()


@pytest.fixture(scope="module")
def shared():
    """A demo fleet for tests that leave everything as it was, or take a certificate nobody else takes."""
    simulator = Simulator()
    yield simulator
    assert simulator.stop() == 0


@pytest.fixture
def start():
    """Starts simulators that end with the test."""
    started = []

    def one(*arguments):
        started.append(Simulator(*arguments))
        return started[-1]

    yield one
    codes = [simulator.stop() for simulator in started]
    assert codes == [0] * len(started)


@pytest.fixture
def demo(start):
    """The demo fleet, for one test."""
    return start()


class Moto:
    """moto's server, running: an implementation of AWS IoT by others."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines = []
        opened = threading.Event()

        def read():
            for line in self.process.stdout:
                self.lines.append(line)
                if "Running on http://" in line:
                    opened.set()
            opened.set()

        threading.Thread(target=read, daemon=True).start()
        opened.wait(LONGEST)
        found = re.search(r"Running on (http://127\.0\.0\.1:\d+)", "".join(self.lines))
        assert found, self.lines
        self.url = found[1]
        self.keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}

    def client(self):
        return boto3.session.Session().client(
            "iot",
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            config=botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=LONGEST),
        )

    def asked(self, operation):
        """How often it was asked for a method and the beginning of a path."""
        return sum(f'"{operation}' in line for line in list(self.lines))

    def stop(self):
        self.process.kill()
        self.process.wait(LONGEST)


@pytest.fixture
def moto():
    server = Moto()
    yield server
    server.stop()


@pytest.fixture
def certferry():
    """Starts certferry on a terminal, at an endpoint, with static credentials from the environment."""
    started = []

    def one(url, keys, *arguments):
        command = [BINARY, "--endpoint-url", url, "--region", REGION, *arguments]
        started.append(Terminal(command, environment(**keys)))
        return started[-1]

    yield one
    for terminal in started:
        terminal.close()


@pytest.fixture(scope="session", autouse=True)
def binary():
    assert os.access(BINARY, os.X_OK), f"CERTFERRY_BINARY is {BINARY!r}: tests/peers/run sets it"


def certificates(client, **parameters):
    """All certificates an account lists."""
    pages = client.get_paginator("list_certificates").paginate(PaginationConfig={"PageSize": 250}, **parameters)
    return [row for page in pages for row in page["certificates"]]


def describe(client, certificate):
    """A certificate as its account sees it; None if it does not."""
    try:
        return client.describe_certificate(certificateId=certificate)["certificateDescription"]
    except client.exceptions.ResourceNotFoundException:
        return None


def attachments(client, arn):
    """The names of the policies and of the things."""
    policies = client.list_attached_policies(target=arn)["policies"]
    return [policy["policyName"] for policy in policies], client.list_principal_things(principal=arn)["things"]
