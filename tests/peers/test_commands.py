"""certferry without a screen: against moto, which nobody here has written, and beside the AWS CLI."""

import json
import subprocess

import pytest
from conftest import BINARY, LONGEST, RECIPIENT, REGION, SOURCE, attachments, certificates, describe, environment
from test_moto import world  # noqa: F401

MOTO_ACCOUNT = "123456789012"


class Ran:
    """How a command of certferry ended."""

    def __init__(self, words, process):
        self.words, self.code = words, process.returncode
        self.out, self.err = process.stdout, process.stderr

    def __repr__(self):
        return f"certferry {' '.join(self.words)}\nexit code {self.code}\n{self.out}{self.err}"

    def ends(self, code):
        assert self.code == code, self
        return self

    def json(self, kind):
        lines = [json.loads(line) for line in self.out.splitlines()]
        assert all(line["version"] == 1 for line in lines)
        return [line for line in lines if line["kind"] == kind]

    def ids(self):
        return {row["id"] for row in self.json("certificate")}


def run(url, keys, *words, folder="/", state):
    process = subprocess.run(
        [BINARY, *words],
        env=environment(AWS_ENDPOINT_URL=url, AWS_REGION=REGION, XDG_STATE_HOME=str(state), TERM="dumb", **keys),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )
    return Ran(words, process)


@pytest.fixture
def at_moto(moto, tmp_path):
    def one(*words):
        return run(moto.url, moto.keys, *words, folder=tmp_path, state=tmp_path / "state")

    return one


def test_certificates_are_listed_and_found_by_names(world, at_moto):  # noqa: F811
    client, made = world
    client.create_thing_type(thingTypeName="Press")
    client.create_thing(thingName="typed", thingTypeName="Press")
    client.attach_thing_principal(thingName="typed", principal=made[1][1])
    client.create_thing_group(thingGroupName="lyon")
    client.add_thing_to_thing_group(thingGroupName="lyon", thingName="press:7")
    ids = [certificate for certificate, _ in made]
    # moto does not know which are offered, so the list may not be whole.
    whole = at_moto("list", "--json").ends(1)
    assert "Outgoing transfers unknown" in whole.err
    assert whole.ids() == set(ids)
    statuses = {row["id"]: row["status"] for row in whole.json("certificate")}
    assert [statuses[it] for it in ids] == ["Active", "Active", "Revoked", "Inactive", "Inactive"]
    for words, found in [
        ("thing:press:7", ids[:1]),
        ("group:lyon", ids[:1]),
        ("type:Press", ids[1:2]),
        ("policy:press-base", ids[:1]),
        ("policy:press-base thing:typed", []),
    ]:
        assert at_moto("list", "--json", "--filter", words).ends(0).ids() == set(found), words
    assert at_moto("list", "typed", ids[4][:12], "nothing", "--json").ends(1).ids() == {ids[1], ids[4]}
    missing = at_moto("list", "--filter", "thing:nothing").ends(2)
    assert "there is no such thing" in missing.err
    assert at_moto("outbox").ends(2).out == ""


def test_devices_are_let_out_and_in(world, at_moto):  # noqa: F811
    client, made = world
    certificate = made[0][0]
    assert "--yes says" in at_moto("deactivate", "press:7", "--yes", "111122223333").ends(2).err
    assert describe(client, certificate)["status"] == "ACTIVE"
    at_moto("deactivate", "press:7", "--yes", MOTO_ACCOUNT).ends(0)
    assert describe(client, certificate)["status"] == "INACTIVE"
    at_moto("activate", "press:7", "--yes", MOTO_ACCOUNT).ends(0)
    assert describe(client, certificate)["status"] == "ACTIVE"


def test_a_plan_that_moto_cannot_end_is_put_back(world, at_moto):  # noqa: F811
    client, made = world
    certificate, arn = made[0]

    def state():
        return describe(client, certificate)["status"], [sorted(names) for names in attachments(client, arn)]

    before = state()
    at_moto("plan", "press:7", "--to", "444455556666", "-o", "move.plan").ends(0)
    shown = at_moto("show", "move.plan", "--json").ends(0).json("certificate")
    assert sorted(shown[0]["policies"]) == before[1][0] and sorted(shown[0]["things"]) == before[1][1]
    client.attach_policy(policyName="press-base", target=made[1][1])
    applied = at_moto("apply", "move.plan", "--yes", "444455556666", "--json")
    # moto fails without saying whether it did anything.
    assert applied.code in (1, 3), applied
    assert state() == ("INACTIVE", [[], []])
    runs = at_moto("runs", "--json").ends(0).json("run")
    assert [run["id"] for run in runs] == [certificate]
    back = at_moto("put-back", "--all", "--yes", MOTO_ACCOUNT)
    assert (back.code, state()) == (0, before), back
    assert at_moto("history", "--json").ends(0).json("run")[0]["state"] == "done"


def test_a_plan_that_does_not_hold_any_more_does_nothing(world, at_moto):  # noqa: F811
    client, made = world
    certificate, arn = made[0]
    at_moto("plan", "press:7", "--to", "444455556666", "-o", "move.plan").ends(0)
    client.detach_policy(policyName="press-jobs", target=arn)
    stale = at_moto("apply", "move.plan", "--yes", "444455556666", "--json").ends(4).json("stale")
    assert [it["code"] for it in stale[0]["differences"]] == ["PolicyDetached"]
    assert describe(client, certificate)["status"] == "ACTIVE"


def test_a_plan_does_what_the_nine_commands_of_the_aws_cli_do(start, tmp_path):
    """The same certificate of the demo's fleet, in a world of its own each."""
    by_plan, by_hand = start(), start()
    ends = []
    for number, simulator in enumerate((by_plan, by_hand)):
        source, recipient = simulator.client(SOURCE), simulator.client(RECIPIENT)
        rows = [row for row in certificates(source) if row["status"] == "ACTIVE"]
        arn = next(row["certificateArn"] for row in rows if len(attachments(source, row["certificateArn"])[1]) == 2)
        certificate = arn.rsplit("/", 1)[1]
        policies, things = attachments(source, arn)
        if number == 0:
            to = simulator.variables["CERTFERRY_RECIPIENT_ACCOUNT"]
            keys = simulator.keys(SOURCE)
            def words(*line):
                return run(simulator.url, keys, *line, folder=tmp_path, state=tmp_path / "state")
            words("plan", certificate, "--to", to, "--message", "for Lyon", "-o", "one.plan").ends(0)
            words("apply", "one.plan", "--yes", to).ends(0)
        else:
            def aws(line):
                simulator.aws(SOURCE, f"aws iot {line}").succeeded()
            aws(f"update-certificate --certificate-id {certificate} --new-status INACTIVE")
            for policy in policies:
                aws(f"detach-policy --target {arn} --policy-name {policy}")
            for thing in things:
                aws(f"detach-thing-principal --principal {arn} --thing-name {thing}")
            while attachments(source, arn)[1]:
                pass
            to = simulator.variables["CERTFERRY_RECIPIENT_ACCOUNT"]
            aws(f"transfer-certificate --certificate-id {certificate} --target-aws-account {to} --transfer-message 'for Lyon'")
        offered = describe(recipient, certificate)
        ends.append((certificate, offered["status"], offered["transferData"]["transferMessage"], attachments(source, arn)))
    assert ends[0] == ends[1]
    assert ends[0][1] == "PENDING_TRANSFER"
