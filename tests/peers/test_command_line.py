"""The logged AWS CLI lines, run by a shell: what arrives is what AWS's own SDK for Python sends for the same values,
whatever stands in them."""

import http.server
import json
import os
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
import botocore.config
import pytest
from conftest import BIN, LONGEST, REGION, environment

CERTIFICATE = "ab" * 32
ARN = f"arn:aws:iot:us-east-1:111122223333:cert/{CERTIFICATE}"

# In the names of each operation, with the value in the place of None.
PARAMETERS = {
    "AttachPolicy": {"target": ARN, "policyName": None},
    "DetachPolicy": {"target": ARN, "policyName": None},
    "AttachThingPrincipal": {"principal": ARN, "thingName": None, "thingPrincipalType": "EXCLUSIVE_THING"},
    "DetachThingPrincipal": {"principal": ARN, "thingName": None},
    "TransferCertificate": {
        "certificateId": CERTIFICATE,
        "targetAwsAccount": "444455556666",
        "transferMessage": None,
    },
    "RejectCertificateTransfer": {"certificateId": CERTIFICATE, "rejectReason": None},
}


class Recorder:
    """A server that writes down what it is asked, and answers nothing."""

    def __init__(self):
        asked = self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                kept = {name: value for name, value in headers.items() if name.startswith("x-amzn-")}
                asked.append((headers.get("user-agent", ""), self.command, self.path, body, kept))
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def taken(self):
        taken, self.asked[:] = list(self.asked), []
        return [request[1:] for request in taken]


def hostile(folder, url):
    """Texts that a shell, the AWS CLI or a terminal takes for something else than text."""
    secret = folder / "secret"
    secret.write_text("what nobody is to read")
    return [
        "moving press line 7",
        f"file://{secret}",
        f"fileb://{secret}",
        f"FILE://{secret}",
        f"{url}/page",
        "https://127.0.0.1:1/page",
        f"see file://{secret}",
        "-x",
        "--profile=other",
        "--",
        "@file",
        '{"a": 1}',
        "[1, 2]",
        "a=b,c=d",
        "it's \"line 4\"; $(rm) `x` \\ \\n *? ~ !! # & | < > %s %% ^",
        " blanks  around ",
        "line\nbreak\r\ttab",
        "\x1b]52;c;cm0gLXJm\x07\x1b[31m\x7f\x9b",
        "\x00 is no end",
        "é 世界 🏭",
        "👩\u200d🏭 \u202eabc\u202c \u2066x\u2069 \ufeff \U000e0041",
        "'",
        "\\",
        "\\u0041",
        "null",
        "0123456789",
    ]


@pytest.fixture(scope="module")
def recorder():
    recorder = Recorder()
    yield recorder
    recorder.server.shutdown()


@pytest.fixture(scope="module")
def keys():
    return {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_MAX_ATTEMPTS": "1"}


def lines(tmp_path, texts):
    """The lines that certferry writes into its log: operation, text, line."""
    values = tmp_path / "values.json"
    values.write_text(json.dumps(texts))
    binary = os.environ["CERTFERRY_TESTS"]
    words = [binary, "--exact", "peers::lines", "--ignored", "--nocapture"]
    child = environment(CERTFERRY_TEST_VALUES=str(values))
    printed = subprocess.run(words, env=child, capture_output=True, text=True, timeout=LONGEST, check=True).stdout
    [line] = [line for line in printed.splitlines() if line.startswith("LINES ")]
    return json.loads(line.removeprefix("LINES "))


def test_every_line_sends_what_it_names(tmp_path, recorder, keys):
    written = lines(tmp_path, hostile(tmp_path, recorder.url))
    assert len(written) > 150 and {operation for operation, _, _ in written} == set(PARAMETERS)
    client = boto3.session.Session().client(
        "iot",
        region_name=REGION,
        endpoint_url=recorder.url,
        aws_access_key_id="AKIAEXAMPLE",
        aws_secret_access_key="secret",
        config=botocore.config.Config(retries={"total_max_attempts": 1}, inject_host_prefix=False),
    )
    path = f"{BIN}:{os.environ['PATH']}"

    def run(at, line, shell):
        # A server of its own, so that two that run at a time cannot be confused.
        own = Recorder()
        child = environment(PATH=path, AWS_ENDPOINT_URL=own.url, **keys)
        process = subprocess.run(
            [shell, "-c", line], env=child, stdin=subprocess.DEVNULL, capture_output=True, timeout=LONGEST
        )
        own.server.shutdown()
        return at, process, own.taken()

    with ThreadPoolExecutor(3) as pool:
        # dash, and bash: what one of them knows the other need not.
        jobs = [pool.submit(run, at, line, ("sh", "bash")[at % 2]) for at, (_, _, line) in enumerate(written)]
        answers = [job.result() for job in jobs]
    for at, process, sent in answers:
        operation, text, line = written[at]
        assert all(" " <= letter <= "~" or letter > "\x9f" for letter in line), line
        assert process.returncode == 0 and process.stderr == b"", (line, process)
        values = {name: text if value is None else value for name, value in PARAMETERS[operation].items()}
        method = getattr(client, {
            "AttachPolicy": "attach_policy",
            "DetachPolicy": "detach_policy",
            "AttachThingPrincipal": "attach_thing_principal",
            "DetachThingPrincipal": "detach_thing_principal",
            "TransferCertificate": "transfer_certificate",
            "RejectCertificateTransfer": "reject_certificate_transfer",
        }[operation])
        method(**values)
        assert sent == recorder.taken(), line
