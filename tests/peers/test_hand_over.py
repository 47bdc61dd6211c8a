"""A hand-over, by keys, whose recipient is an AWS IoT that nobody here has written: the source's account is the
simulator's, the recipient's registry is moto's, and something in between sends each request to the one that has it.

moto has none of the transfer operations, nor TestAuthorization: those of the recipient the simulator answers, except
that the test of an authorization is answered with ALLOWED. What was accepted is registered with moto, under the id
that moto gives it; the ids are changed in between.
"""

import http.server
import json
import threading
import urllib.parse

import http.client
import pytest
from conftest import LONGEST, RECIPIENT, SOURCE, Moto, Simulator, attachments, certificates, describe, environment
from conftest import BINARY, REGION
from terminal import Terminal
from test_moto import opened

# What moto answers for the recipient, by method and the first part of the path.
MOTOS = {
    ("POST", "policies"),
    ("GET", "policies"),
    ("POST", "things"),
    ("GET", "things"),
    ("PUT", "things"),
    ("POST", "thing-types"),
    ("GET", "thing-types"),
    ("PUT", "thing-groups"),
    ("GET", "thing-groups"),
    ("PUT", "target-policies"),
    ("POST", "attached-policies"),
    ("GET", "principals"),
    ("PUT", "certificates"),
}


class Between:
    """Sends the source's requests to the simulator, and the recipient's to the simulator or to moto."""

    def __init__(self, simulator, moto):
        self.simulator, self.moto = simulator, moto
        self.recipient = simulator.keys(RECIPIENT)["AWS_ACCESS_KEY_ID"]
        # By the certificate's id in the simulator: its id in moto.
        self.ids = {}
        self.asked = []
        between = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self):
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length)
                status, headers, document = between.pass_on(self.command, self.path, dict(self.headers), body)
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                        self.send_header(name, value)
                if not any(name.lower() == "x-amzn-requestid" for name, _ in headers):
                    self.send_header("x-amzn-RequestId", "00000000-0000-4000-8000-000000000000")
                self.send_header("Content-Length", str(len(document)))
                self.end_headers()
                self.wfile.write(document)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def pass_on(self, method, path, headers, body):
        authorization = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
        if f"Credential={self.recipient}/" not in authorization:
            return self.send(self.simulator.url, method, path, headers, body)
        first, *rest = urllib.parse.urlsplit(path).path.strip("/").split("/")
        self.asked.append((method, first))
        if first == "test-authorization":
            infos = json.loads(body)["authInfos"]
            results = [{"authInfo": info, "allowed": {"policies": []}, "authDecision": "ALLOWED"} for info in infos]
            return 200, [("Content-Type", "application/json")], json.dumps({"authResults": results}).encode()
        arrived = first == "certificates" and rest and rest[0] in self.ids
        if (method, first) in MOTOS and (first != "certificates" or arrived):
            return self.to_moto(method, path, headers, body)
        status, answered, document = self.send(self.simulator.url, method, path, headers, body)
        if first == "accept-certificate-transfer" and status == 200:
            pem = describe(self.simulator.client(RECIPIENT), rest[0])["certificatePem"]
            made = self.moto.client().register_certificate_without_ca(certificatePem=pem, status="INACTIVE")
            self.ids[rest[0]] = made["certificateId"]
        return status, answered, document

    def to_moto(self, method, path, headers, body):
        for ours, motos in self.ids.items():
            path, body = path.replace(ours, motos), body.replace(ours.encode(), motos.encode())
            headers = {name: value.replace(ours, motos) for name, value in headers.items()}
        status, answered, document = self.send(self.moto.url, method, path, headers, body)
        for ours, motos in self.ids.items():
            document = document.replace(motos.encode(), ours.encode())
        return status, answered, document

    @staticmethod
    def send(url, method, path, headers, body):
        kept = {name: value for name, value in headers.items() if name.lower() not in ("connection", "content-length")}
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=LONGEST)
        connection.request(method, path, body, kept)
        response = connection.getresponse()
        document = response.read()
        connection.close()
        return response.status, response.getheaders(), document

    def stop(self):
        self.server.shutdown()


@pytest.fixture
def between(monkeypatch):
    simulator = Simulator()
    monkeypatch.setenv("MOTO_ACCOUNT_ID", simulator.accounts[RECIPIENT])
    moto = Moto()
    both = Between(simulator, moto)
    yield both
    both.stop()
    moto.stop()
    simulator.stop()


def moved(document, accounts):
    """A document as it should be in the recipient's account: this fleet names the account in nothing else."""
    return json.loads(document.replace(accounts[SOURCE], accounts[RECIPIENT]))


def test_the_recipient_s_half_is_made_in_an_independent_registry(between, tmp_path):
    simulator, source, moto = between.simulator, between.simulator.client(SOURCE), between.moto.client()
    row = next(
        row
        for row in certificates(source)
        if row["status"] == "ACTIVE" and len(attachments(source, row["certificateArn"])[1]) == 3
    )
    certificate = row["certificateId"]
    policies, things = attachments(source, row["certificateArn"])
    things = [thing if isinstance(thing, str) else thing[0] for thing in things]
    documents = {name: source.get_policy(policyName=name)["policyDocument"] for name in policies}
    described = {thing: source.describe_thing(thingName=thing) for thing in things}
    kinds = {described[thing]["thingTypeName"] for thing in things}
    said = {kind: source.describe_thing_type(thingTypeName=kind)["thingTypeProperties"] for kind in kinds}
    # One group is there; one policy is, with the same meaning in another order.
    moto.create_thing_group(thingGroupName="plant-1")
    same = moved(documents["fleet-connect"], simulator.accounts)
    same["Statement"] = same["Statement"][::-1]
    moto.create_policy(policyName="fleet-connect", policyDocument=json.dumps(same, indent=4))

    config, credentials = tmp_path / "config", tmp_path / "credentials"
    config.write_text("".join(f"[profile {side}]\nregion = {REGION}\n" for side in (SOURCE, RECIPIENT)))
    sides = {side: simulator.keys(side) for side in (SOURCE, RECIPIENT)}
    credentials.write_text(
        "".join(
            f"[{side}]\naws_access_key_id = {keys['AWS_ACCESS_KEY_ID']}\n"
            f"aws_secret_access_key = {keys['AWS_SECRET_ACCESS_KEY']}\n"
            for side, keys in sides.items()
        )
    )
    command = [BINARY, "--endpoint-url", between.url, "--profile", SOURCE, "--peer-profile", RECIPIENT]
    files = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(credentials)}
    person = Terminal(command, environment(XDG_STATE_HOME=str(tmp_path), **files))
    try:
        person.sees("⇄")
        opened(person, certificate)
        person.keys("a").sees("M  Hand over…").keys("M").sees("read 1 of 1", "would be created there")
        person.keys("M").sees("Last 4 digits")
        person.keys(simulator.accounts[RECIPIENT][-4:], "tab").sees("matches").keys("tab")
        person.press("Hand over").sees("✓ activate", "✓ done")
    finally:
        person.close()

    there = moto.describe_certificate(certificateId=between.ids[certificate])["certificateDescription"]
    assert there["status"] == "ACTIVE"
    # Those that it had of its own, and those that its groups gave it.
    attached = {it["policyName"] for it in moto.list_attached_policies(target=there["certificateArn"])["policies"]}
    assert attached >= set(policies), (attached, policies)
    for name, document in documents.items():
        found = json.loads(moto.get_policy(policyName=name)["policyDocument"])
        expected = moved(document, simulator.accounts)
        if name == "fleet-connect":
            expected = same
        # A role alias of the source stays what it is, for a person to look at.
        aliases = [it for it in json.dumps(expected).split('"') if ":rolealias/" in it]
        for alias in aliases:
            original = alias.replace(simulator.accounts[RECIPIENT], simulator.accounts[SOURCE])
            expected = json.loads(json.dumps(expected).replace(alias, original))
        assert found == expected, name
    assert set(moto.list_principal_things(principal=there["certificateArn"])["things"]) == set(things)
    for thing in things:
        found, here = moto.describe_thing(thingName=thing), described[thing]
        assert (found["attributes"], found.get("thingTypeName")) == (here["attributes"], here.get("thingTypeName"))
        groups = [it["groupName"] for it in moto.list_thing_groups_for_thing(thingName=thing)["thingGroups"]]
        assert groups == ["plant-1"]
    for kind, properties in said.items():
        found = moto.describe_thing_type(thingTypeName=kind).get("thingTypeProperties") or {}
        assert (found.get("searchableAttributes") or []) == (properties.get("searchableAttributes") or [])
        assert found.get("thingTypeDescription") == properties.get("thingTypeDescription")
    assert len(moto.list_policy_versions(policyName="fleet-connect")["policyVersions"]) == 1, "nothing is overwritten"
    # The source does not have it any more.
    assert describe(source, certificate) is None
