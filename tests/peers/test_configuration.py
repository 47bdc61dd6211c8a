"""AWS configuration files as people have them: certferry acts as the account that the AWS CLI acts as, in the same
region, or refuses where the AWS CLI refuses, and says why."""

import subprocess

import pytest
from conftest import BIN, BINARY, LONGEST, RECIPIENT, SOURCE, environment
from terminal import Terminal


def keys(simulator, side, before=""):
    found = simulator.keys(side)
    return (
        f"{before}aws_access_key_id = {found['AWS_ACCESS_KEY_ID']}\n"
        f"{before}aws_secret_access_key = {found['AWS_SECRET_ACCESS_KEY']}\n"
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
]


def configured(tmp_path, simulator, config, credentials, variables):
    """The environment of a child with these files, and no other of the person's."""
    for name, text in (("config", config), ("credentials", credentials)):
        text = text.replace("KEYS", keys(simulator, SOURCE)).replace("OTHER", keys(simulator, RECIPIENT))
        text = text.replace(" INDENTED", keys(simulator, SOURCE, before="  "))
        (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    return environment(
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
    person = screen(child).sees("the AWS profile cannot be used").keys("e").sees("The last failure")

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
    person.sees(grouped, "eu-west-1", "Certificates").keys("S").sees("Another region…", "of 204")
    # What is known of them stands beside them.
    person.keys("customer").sees("Account: customer", "2222-3333-4444").keys("esc").sees("of 204")
    person.keys("fleet-000").sees(f"{grouped}, in use").keys("esc").sees("of 204")
    person.keys("not quo").sees("a name with blanks stands in quotes").keys("esc").sees("of 204")
    person.keys("prod my").sees("Account: prod my", "> my prod").misses("fleet-1").keys("enter")
    person.sees("{}-{}-{}".format(other[:4], other[4:8], other[8:]), "my prod", "eu-west-2")
