"""The live probe, asked of the simulator over the wire, and of moto: it finds out what there is to find out, says what
cannot be asked, and leaves nothing behind."""

import os
import re
import subprocess

import boto3
from conftest import LONGEST, RECIPIENT, REGION, SOURCE, environment


def probe(folder, url, source, recipient):
    """What it prints of each question, and its exit code. The keys are two profiles'."""
    file = folder / "credentials"
    keys = {"source": source, "recipient": recipient}
    file.write_text("".join(
        f"[{name}]\n" + "".join(f"{key.lower()} = {value}\n" for key, value in held.items()) for name, held in keys.items()
    ))
    process = subprocess.run(
        [os.environ["CERTFERRY_TESTS"], "--ignored", "--nocapture", "--exact", "live::live"],
        env=environment(
            AWS_SHARED_CREDENTIALS_FILE=str(file),
            AWS_REGION=REGION,
            AWS_ENDPOINT_URL=url,
            CERTFERRY_LIVE_SOURCE="source",
            CERTFERRY_LIVE_RECIPIENT="recipient",
        ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=4 * LONGEST,
    )
    rows = re.findall(r"^([ ?]) (\w[\w ]+?)  +(.+)$", process.stdout, re.MULTILINE)
    return process, {question: (mark == " ", seen) for mark, question, seen in rows}


def everything(client):
    """Everything that a probe could leave behind."""
    return (
        sorted(row["certificateId"] for row in client.list_certificates(pageSize=250)["certificates"]),
        sorted(row["thingName"] for row in client.list_things(maxResults=250)["things"]),
    )


def test_the_probe_finds_the_defaults_of_the_simulator_over_the_wire(start, tmp_path):
    simulator = start("--certificates", "20")
    clients = [simulator.client(side) for side in (SOURCE, RECIPIENT)]
    before = [everything(client) for client in clients]
    process, seen = probe(tmp_path, simulator.url, simulator.keys(SOURCE), simulator.keys(RECIPIENT))
    assert process.returncode == 0, process.stdout + process.stderr
    assert seen["things_attached"] == (True, "TransferConflictException"), process.stdout
    assert seen["source_list"] == (True, "PENDING_TRANSFER")
    assert seen["not_in_transfer"] == (True, "TransferAlreadyCompletedException")
    assert seen["thing_detach_delay"] == (True, "3 s")
    assert not seen["ca_after_accept"][0]
    assert [everything(client) for client in clients] == before


def test_the_probe_says_what_moto_cannot_be_asked_and_leaves_nothing_there(moto, tmp_path):
    sts = boto3.client(
        "sts", region_name=REGION, endpoint_url=moto.url, aws_access_key_id="testing", aws_secret_access_key="testing"
    )
    # The keys of a role of another account are moto's way to have two.
    role = sts.assume_role(RoleArn="arn:aws:iam::444455556666:role/probe", RoleSessionName="probe")["Credentials"]
    other = {
        "aws_access_key_id": role["AccessKeyId"],
        "aws_secret_access_key": role["SecretAccessKey"],
        "aws_session_token": role["SessionToken"],
    }
    process, seen = probe(tmp_path, moto.url, moto.keys, other)
    assert process.returncode == 0, process.stdout + process.stderr
    assert len(seen) >= 20, process.stdout
    # moto has none of the transfer operations.
    assert not seen["things_attached"][0], process.stdout
    assert seen["thing_detach_delay"] == (True, "0 s"), process.stdout
    there = boto3.client("iot", region_name=REGION, endpoint_url=moto.url, **other)
    for client in (moto.client(), there):
        assert everything(client) == ([], [])
        assert client.list_policies()["policies"] == []
