"""AWS configuration files as people have them: certferry acts as the account that the AWS CLI acts as, in the same
region, or refuses where the AWS CLI refuses, and says why."""

import datetime
import hashlib
import http.server
import json
import ssl
import subprocess
import threading
import urllib.error
import urllib.request

import pytest
from conftest import BIN, BINARY, LONGEST, RECIPIENT, SOURCE, Simulator, environment
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from terminal import Terminal


def keys(simulator, side, before=""):
    found = simulator.keys(side)
    return (
        f"{before}aws_access_key_id = {found['AWS_ACCESS_KEY_ID']}\n"
        f"{before}aws_secret_access_key = {found['AWS_SECRET_ACCESS_KEY']}\n"
    )


# A role of the other account, for whoever has the keys of a source.
ROLE = (
    "[profile {}]\nregion = eu-west-2\nrole_arn = arn:aws:iam::444455556666:role/ops\nsource_profile = {}\n"
)

# Name, config, credentials, environment; KEYS stands for the source's, OTHER for the recipient's.
ACTS = [
    ("default", "[default]\nregion = eu-west-1\nKEYS", "", {}),
    ("carriage returns", "[default]\r\nregion = eu-west-1\r\nKEYS", "", {}),
    ("leading blanks", "[default]\n  region = eu-west-1\n INDENTED", "", {}),
    ("colons", "[default]\nregion: eu-west-1\nKEYS", "", {}),
    ("legacy retries", "[default]\nregion = eu-west-1\nretry_mode = legacy\nKEYS", "", {}),
    ("AWS_PROFILE", "[default]\nregion = eu-west-1\nKEYS[profile p]\nregion = eu-west-2\nOTHER", "", {"AWS_PROFILE": "p"}),
    (
        "AWS_DEFAULT_PROFILE",
        "[default]\nregion = eu-west-1\nKEYS[profile p]\nregion = eu-west-2\nOTHER",
        "",
        {"AWS_DEFAULT_PROFILE": "p"},
    ),
    ("quotes", "[profile 'my prod']\nregion = eu-west-2\nKEYS", "", {"AWS_PROFILE": "my prod"}),
    ("double quotes", '[profile "my prod"]\nregion = eu-west-2\nKEYS', "", {"AWS_PROFILE": "my prod"}),
    ("not ASCII", "[profile büro]\nregion = eu-west-2\nKEYS", "", {"AWS_PROFILE": "büro"}),
    ("blanks", "[profile 'my prod']\nregion = eu-west-2\n", "[my prod]\nKEYS", {"AWS_PROFILE": "my prod"}),
    ("percent", "[profile 100%]\nregion = eu-west-2\nKEYS", "", {"AWS_PROFILE": "100%"}),
    ("comment", "[profile p] # mine\nregion = eu-west-2\nKEYS", "", {"AWS_PROFILE": "p"}),
    ("a role", "[default]\nregion = eu-west-1\nKEYS" + ROLE.format("r", "default"), "", {"AWS_PROFILE": "r"}),
    ("a role of its own keys", ROLE.format("r", "r") + "KEYS", "", {"AWS_PROFILE": "r"}),
    (
        "a role by way of a role",
        "[default]\nKEYS" + ROLE.format("r", "default") + ROLE.format("s", "r"),
        "",
        {"AWS_PROFILE": "s"},
    ),
    # A source with keys gives these, although it is a role's profile, too.
    (
        "a role by way of a role's keys",
        ROLE.format("r", "default") + "KEYS" + ROLE.format("s", "r"),
        "[default]\nKEYS",
        {"AWS_PROFILE": "s"},
    ),
    (
        "settings that a role does not need",
        "[default]\nKEYS" + ROLE.format("r", "default") + "external_id = a # b\nduration_seconds = x\n",
        "",
        {"AWS_PROFILE": "r"},
    ),
    (
        "keys of the environment before a role",
        "[default]\nregion = eu-west-1\n" + ROLE.format("r", "default"),
        "",
        {"AWS_PROFILE": "r", "AWS_ACCESS_KEY_ID": "KEY", "AWS_SECRET_ACCESS_KEY": "x"},
    ),
    (
        "keys of the credentials file before a program",
        "[default]\nregion = eu-west-1\ncredential_process = /bin/false\n",
        "[default]\nKEYS",
        {},
    ),
    (
        "signed in",
        "[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.invalid/start\n[default]\n"
        "region = eu-west-2\nsso_session = corp\nsso_account_id = 444455556666\nsso_role_name = Operator\n",
        "",
        {},
    ),
    (
        "signed in, without a session",
        "[default]\nregion = eu-west-2\nsso_region = us-east-1\nsso_start_url = https://corp.invalid/start\n"
        "sso_account_id = 444455556666\nsso_role_name = Operator\n",
        "",
        {},
    ),
    (
        "a role of whoever is signed in",
        "[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.invalid/start\n[profile in]\n"
        "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Operator\n" + ROLE.format("r", "in"),
        "",
        {"AWS_PROFILE": "r"},
    ),
]

# What both refuse, and what certferry says of it.
REFUSED = [
    ("no such profile", "[default]\nregion = r\n", {"AWS_PROFILE": "gone"}, ["no profile named `gone`"]),
    (
        "no such source",
        "[profile m]\nregion = eu-west-1\nrole_arn = arn:aws:iam::222222222222:role/End\nsource_profile = gone\n",
        {"AWS_PROFILE": "m"},
        ["source_profile `gone`", "of profile `m`", "line 4"],
    ),
    (
        "a loop",
        "[profile a]\nregion = eu-west-1\nrole_arn = r\nsource_profile = b\n"
        "[profile b]\nrole_arn = r\nsource_profile = a\n",
        {"AWS_PROFILE": "a"},
        ["leads back", "a → b → a"],
    ),
    ("not UTF-8", "[default]\nregion = eu-west-1\n# \udcff\n", {}, ["cannot be read", "line 3 is not UTF-8"]),
    ("no bracket", "[default\nregion = eu-west-1\n", {}, ["line 1", "no `]`"]),
    ("no setting", "[default]\nregion\n", {}, ["line 2", "neither a section"]),
    (
        "no quotes",
        "[profile my prod]\nregion = eu-west-1\n",
        {"AWS_PROFILE": "my prod"},
        ["`my prod` is no profile", "[profile 'my prod']"],
    ),
    (
        "two sources",
        "[default]\nKEYS" + ROLE.format("r", "default") + "credential_source = Environment\n",
        {"AWS_PROFILE": "r"},
        ["both a source_profile and a credential_source"],
    ),
    (
        "no source",
        "[profile r]\nregion = eu-west-1\nrole_arn = arn:aws:iam::444455556666:role/ops\n",
        {"AWS_PROFILE": "r"},
        ["neither source_profile nor credential_source", "line 3"],
    ),
    (
        "no such source of credentials",
        "[profile r]\nregion = eu-west-1\nrole_arn = arn:aws:iam::444455556666:role/ops\ncredential_source = Moon\n",
        {"AWS_PROFILE": "r"},
        ["credential_source of profile `r` is `Moon`", "line 4"],
    ),
]

# What nobody gives, how that is headed, and what is said of it.
NOT_GIVEN = [
    (
        "a role",
        "[default]\nregion = eu-west-1\nKEYS[profile r]\nregion = eu-west-1\n"
        "role_arn = arn:aws:iam::444455556666:role/gone\nsource_profile = default\n",
        "AWS does not give the role",
        ["role/gone", "AccessDenied", "line 5"],
    ),
    (
        "a role that is not assigned",
        "[profile r]\nregion = eu-west-1\nsso_region = us-east-1\nsso_start_url = https://corp.invalid/start\n"
        "sso_account_id = 444455556666\nsso_role_name = Owner\n",
        "The role is not assigned",
        ["the role Owner in account 444455556666", "ForbiddenException"],
    ),
    (
        "a sign-in that was never done",
        "[profile r]\nregion = eu-west-1\nsso_region = us-east-1\nsso_start_url = https://other.invalid/start\n"
        "sso_account_id = 444455556666\nsso_role_name = Operator\n",
        "The credentials have expired",
        ["aws sso login --profile r", "was never done"],
    ),
]


# Which of two simulators is asked: HERE has the keys that sign, and THERE does not know them. What the AWS CLI
# makes of each is what certferry has to make of it.
HOSTS = [
    ("the environment", "KEYS", {"AWS_ENDPOINT_URL": "HERE"}),
    ("the profile", "KEYSendpoint_url = HERE\n", {}),
    ("the environment before the profile", "KEYSendpoint_url = THERE\n", {"AWS_ENDPOINT_URL": "HERE"}),
    ("the environment before the profile, elsewhere", "KEYSendpoint_url = HERE\n", {"AWS_ENDPOINT_URL": "THERE"}),
    (
        "the service's variable",
        "KEYSendpoint_url = THERE\n",
        {"AWS_ENDPOINT_URL": "THERE", "AWS_ENDPOINT_URL_IOT": "HERE", "AWS_ENDPOINT_URL_STS": "HERE"},
    ),
    (
        "the service's section",
        "KEYSservices = mine\n[services mine]\niot =\n  endpoint_url = HERE\nsts =\n  endpoint_url = HERE\n",
        {"AWS_ENDPOINT_URL": "THERE"},
    ),
    (
        "the service's section with a name of two words",
        "KEYSservices = my own\n[services 'my own']\niot =\n  endpoint_url = HERE\nsts =\n  endpoint_url = HERE\n",
        {"AWS_ENDPOINT_URL": "THERE"},
    ),
    (
        "the service's variable before its section",
        "KEYSservices = mine\n[services mine]\niot =\n  endpoint_url = HERE\nsts =\n  endpoint_url = HERE\n",
        {"AWS_ENDPOINT_URL_IOT": "THERE", "AWS_ENDPOINT_URL_STS": "THERE"},
    ),
    (
        "configured ones are ignored",
        "KEYSendpoint_url = HERE\nignore_configured_endpoint_urls = false\n",
        {},
    ),
]


def configured(tmp_path, simulator, config, credentials, variables):
    """The environment of a child with these files, and no other of the person's."""
    for name, text in (("config", config), ("credentials", credentials)):
        text = text.replace("KEYS", keys(simulator, SOURCE)).replace("OTHER", keys(simulator, RECIPIENT))
        text = text.replace(" INDENTED", keys(simulator, SOURCE, before="  "))
        (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    cache = tmp_path / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    token = {
        "startUrl": "https://corp.invalid/start",
        "region": "us-east-1",
        "accessToken": "certferry",
        "expiresAt": (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    for name in ("corp", token["startUrl"]):
        (cache / f"{hashlib.sha1(name.encode()).hexdigest()}.json").write_text(json.dumps(token))
    key = simulator.keys(RECIPIENT)["AWS_ACCESS_KEY_ID"]
    variables = {name: key if value == "KEY" else value for name, value in variables.items()}
    return environment(
        HOME=str(tmp_path),
        AWS_CONFIG_FILE=str(tmp_path / "config"),
        AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "credentials"),
        AWS_ENDPOINT_URL=simulator.url,
        AWS_MAX_ATTEMPTS="1",
        **variables,
    )


def cli(child, *words):
    command = [str(BIN / "aws"), *words]
    return subprocess.run(command, env=child, capture_output=True, text=True, timeout=LONGEST)


@pytest.fixture
def screen():
    started = []

    def one(child):
        started.append(Terminal([BINARY], child))
        return started[-1]

    yield one
    for terminal in started:
        terminal.close()


@pytest.mark.parametrize(("name", "config", "credentials", "variables"), ACTS, ids=[row[0] for row in ACTS])
def test_the_same_account_acts_in_the_same_region(
    tmp_path, shared, screen, name, config, credentials, variables
):
    child = configured(tmp_path, shared, config, credentials, variables)
    account = cli(child, "sts", "get-caller-identity", "--query", "Account", "--output", "text")
    region = cli(child, "configure", "get", "region")
    assert account.returncode == 0 and region.returncode == 0, (account, region)
    number = account.stdout.strip()
    grouped = f"{number[:4]}-{number[4:8]}-{number[8:]}"
    screen(child).sees(grouped, region.stdout.strip(), "Certificates")


@pytest.mark.parametrize(("name", "config", "variables", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_neither_can_use_is_said_with_its_reason(tmp_path, shared, screen, name, config, variables, words):
    child = configured(tmp_path, shared, config, "", variables)
    assert cli(child, "sts", "get-caller-identity").returncode != 0
    says(screen(child).sees("the AWS profile cannot be used"), words)


@pytest.mark.parametrize(("name", "config", "heading", "words"), NOT_GIVEN, ids=[row[0] for row in NOT_GIVEN])
def test_what_nobody_gives_is_named(tmp_path, shared, screen, name, config, heading, words):
    child = configured(tmp_path, shared, config, "", {"AWS_PROFILE": "r"})
    assert cli(child, "sts", "get-caller-identity").returncode != 0
    says(screen(child).sees(heading), words)


def says(person, words):
    """The last failure says all of it."""
    person.keys("e").sees("The last failure")

    def said(word):
        # Long lines are wrapped, and long words within a line. Beside the text stands what is below it.
        rows = [row.split("│") for row in person.text().splitlines()]
        flat = "".join("".join(row[1].split()) for row in rows if len(row) == 3)
        return "".join(word.split()) in flat

    for word in words:
        person.wait(word, lambda _, word=word: said(word))


def test_one_of_two_hundred_profiles_is_found_by_its_letters(tmp_path, shared, screen):
    many = "".join(f"[profile fleet-{n:03}]\nregion = eu-west-1\nKEYS" for n in range(200))
    config = (
        many
        + "[profile 'my prod']\nregion = eu-west-2\nOTHER"
        + "[profile customer]\nregion = eu-west-1\nrole_arn = arn:aws:iam::222233334444:role/End\nsource_profile = fleet-000\n"
        + "[profile not quoted]\nregion = eu-west-1\n"
    )
    child = configured(tmp_path, shared, config, "", {"AWS_PROFILE": "fleet-000"})
    person = screen(child)
    source, other = (shared.accounts[side] for side in (SOURCE, RECIPIENT))
    grouped = "{}-{}-{}".format(source[:4], source[4:8], source[8:])
    person.sees(grouped, "eu-west-1", "Certificates").keys("S").sees("Another region…", "of 205")
    # What is known of them stands beside them.
    person.keys("customer").sees("Account: customer", "2222-3333-4444").keys("esc").sees("of 205")
    person.keys("fleet-000").sees(f"{grouped}, in use").keys("esc").sees("of 205")
    person.keys("not quo").sees("a name with blanks stands in quotes").keys("esc").sees("of 205")
    person.keys("prod my").sees("Account: prod my", "> my prod").misses("fleet-1").keys("enter")
    person.sees("{}-{}-{}".format(other[:4], other[4:8], other[8:]), "my prod", "eu-west-2")


def test_both_ask_for_a_code_and_act_as_the_role(tmp_path, shared, screen):
    """The AWS CLI reads the code from its input where it has no terminal. Each code is good once."""
    account = shared.accounts[RECIPIENT]
    device = f"arn:aws:iam::{shared.accounts[SOURCE]}:mfa/ops"
    config = (
        f"[default]\nKEYS[profile m]\nregion = eu-west-1\nrole_arn = arn:aws:iam::{account}:role/ops-mfa\n"
        f"source_profile = default\nmfa_serial = {device}\n"
    )
    child = configured(tmp_path, shared, config, "", {"AWS_PROFILE": "m"})
    ask = [str(BIN / "aws"), "sts", "get-caller-identity", "--query", "Account", "--output", "text"]
    asked = subprocess.run(ask, env=child, input="111111\n", capture_output=True, text=True, timeout=LONGEST)
    assert asked.stdout.strip().endswith(account), asked
    person = screen(child).sees("A code of the MFA device", "mfa/ops", "Sign in")
    person.keys("222222").sees("6 of 6").keys("enter")
    person.sees("{}-{}-{}".format(account[:4], account[4:8], account[8:]), "eu-west-1", "Certificates")


class Inspected:
    """A proxy that looks into TLS: it shows a certificate of an authority of its own, and hands on to a simulator."""

    def __init__(self, folder, url):
        authority, server = rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 2048)
        named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Gate of the corporation")])
        self.bundle, chain = folder / "authority # 1.pem", folder / "server.pem"
        self.bundle.write_bytes(self.sign(named, authority, named, authority, ca=True))
        host = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        key = server.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        chain.write_bytes(key + self.sign(host, server, named, authority, ca=False))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        to = url

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                asked = urllib.request.Request(to + self.path, body or None, headers, method=self.command)
                try:
                    answer = urllib.request.urlopen(asked, timeout=LONGEST)
                except urllib.error.HTTPError as refused:
                    answer = refused
                text = answer.read()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                        self.send_header(name, value)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def sign(subject, key, issuer, by, ca):
        now = datetime.datetime.now(datetime.timezone.utc)
        day = datetime.timedelta(days=1)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        made = made.serial_number(x509.random_serial_number()).not_valid_before(now - day).not_valid_after(now + day)
        made = made.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        if not ca:
            made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        return made.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def inspected(tmp_path, shared):
    proxy = Inspected(tmp_path, shared.url)
    yield proxy
    proxy.server.shutdown()


@pytest.mark.parametrize("how", ["variable", "setting"])
def test_an_authority_of_one_s_own_is_trusted(tmp_path, shared, inspected, screen, how):
    config = "[default]\nregion = eu-west-1\nKEYS"
    if how == "setting":
        config += f"ca_bundle = {inspected.bundle}\n"
    child = configured(tmp_path, shared, config, "", {})
    child["AWS_ENDPOINT_URL"] = inspected.url
    if how == "variable":
        child["AWS_CA_BUNDLE"] = str(inspected.bundle)
    account = cli(child, "sts", "get-caller-identity", "--query", "Account", "--output", "text")
    assert account.stdout.strip() == shared.accounts[SOURCE], account
    number = shared.accounts[SOURCE]
    screen(child).sees(f"{number[:4]}-{number[4:8]}-{number[8:]}", "eu-west-1", "Certificates")


def test_a_certificate_that_nobody_trusts_and_a_bundle_that_is_none_are_said(tmp_path, shared, inspected, screen):
    child = configured(tmp_path, shared, "[default]\nregion = eu-west-1\nKEYS", "", {})
    child["AWS_ENDPOINT_URL"] = inspected.url
    assert cli(child, "sts", "get-caller-identity").returncode != 0
    screen(child).sees("The endpoint's certificate is not trusted", "ca_bundle", "AWS_CA_BUNDLE", "SSL_CERT_FILE")
    none = tmp_path / "none.pem"
    for text, why in [
        (None, "it cannot be read"),
        ("", "there is no certificate in it"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "there is no certificate in it"),
    ]:
        if text is not None:
            none.write_text(text)
        child["AWS_CA_BUNDLE"] = str(none)
        assert cli(child, "sts", "get-caller-identity").returncode != 0
        says(screen(child).sees("A setting cannot be used"), ["AWS_CA_BUNDLE", why])


@pytest.fixture(scope="module")
def elsewhere():
    other = Simulator("--certificates", "1", "--source", "555566667777", "--recipient", "888899990000")
    yield other
    other.stop()


@pytest.mark.parametrize(("name", "config", "variables"), HOSTS, ids=[row[0] for row in HOSTS])
def test_the_same_host_is_asked(tmp_path, shared, elsewhere, screen, name, config, variables):
    def filled(text):
        return text.replace("THERE", elsewhere.url).replace("HERE", shared.url)

    config = filled("[default]\nregion = eu-west-1\n" + config)
    child = configured(tmp_path, shared, config, "", {})
    del child["AWS_ENDPOINT_URL"]
    child.update({variable: filled(value) for variable, value in variables.items()})
    asked = cli(child, "iot", "list-certificates")
    person = screen(child)
    if asked.returncode == 0:
        person.sees(f"ENDPOINT {shared.url}", "Certificates  ").misses("Cannot list")
    else:
        assert "UnrecognizedClientException" in asked.stderr, asked
        person.sees(f"ENDPOINT {elsewhere.url}", "Cannot list the certificates", "UnrecognizedClientException")


def test_a_named_profile_assumes_its_role_with_the_environment_s_keys(tmp_path, shared):
    """Without a name the environment's keys act themselves."""
    config = (
        "[profile r]\nregion = eu-west-2\nrole_arn = arn:aws:iam::444455556666:role/ops\n"
        "credential_source = Environment\n"
    )
    child = configured(tmp_path, shared, config, "", shared.keys(SOURCE))
    child["AWS_DEFAULT_REGION"] = "eu-west-2"
    for words, side in [((), SOURCE), (("--profile", "r"), RECIPIENT)]:
        asked = cli(child, "sts", "get-caller-identity", "--query", "Account", "--output", "text", *words)
        account = shared.accounts[side]
        assert asked.stdout.strip() == account, asked
        person = Terminal([BINARY, *words], child)
        try:
            person.sees(f"{account[:4]}-{account[4:8]}-{account[8:]}", "eu-west-2", "Certificates")
        finally:
            person.close()
