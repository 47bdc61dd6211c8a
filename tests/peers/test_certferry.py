"""certferry against its own simulator over the wire, and its command log in the hands of the AWS CLI."""

from conftest import RECIPIENT, SOURCE, attachments, certificates, describe
from test_moto import opened, short


def state(simulator, certificate):
    """All there is to see of a certificate from both sides, without the dates."""
    sides = []
    for side in (SOURCE, RECIPIENT):
        client = simulator.client(side)
        seen = describe(client, certificate)
        if seen is not None:
            kept = ("certificateArn", "ownedBy", "previousOwnedBy", "status")
            transfer = {name: value for name, value in seen["transferData"].items() if not name.endswith("Date")}
            found = attachments(client, seen["certificateArn"])
            seen = ({name: seen.get(name) for name in kept}, transfer, found)
        sides.append(seen)
    return sides


def logged(person):
    """The commands of the command log, oldest first, by way of the clipboard."""
    person.keys("L").sees("Command log").keys("Y").wait("the copy", lambda _: person.copied())
    lines = [line for line in person.copied()[-1].splitlines() if line.startswith("aws iot ")]
    return lines[::-1]


def test_what_the_command_log_says_does_the_same_in_the_aws_cli(demo, start, certferry):
    client = demo.client(SOURCE)

    def laden(row):
        policies, things = attachments(client, row["certificateArn"])
        return row["status"] == "ACTIVE" and len(policies) == 2 and len(things) == 1

    certificate = next(row["certificateId"] for row in certificates(client) if laden(row))
    person = opened(certferry(demo.url, demo.keys(SOURCE)), certificate).sees("Ready for transfer?")
    person.sees(f"ENDPOINT {demo.url}", "Policies 2", "Things 1")
    person.keys("a").sees("d  Deactivate…").keys("d").sees("> [ Keep active ]").press("Deactivate")
    person.sees("○ Inactive").keys("2").sees("[Policies 2]")
    for left in (1, 0):
        person.keys("o").sees("D  Detach…").keys("D")
        person.sees("> [ Keep attached ]").press("Detach").sees(f"[Policies {left}]")
    person.keys("3").sees("[Things 1]").keys("o").sees("D  Detach…").keys("D")
    person.sees("> [ Keep attached ]").press("Detach").sees("detaching…").sees("No things are attached.")
    person.keys("a").sees("Start transfer…").choose("Start transfer").sees("it is inactive and nothing is attached")
    message = "it's \"line 4\"; $(rm) `x` \\ € *"
    person.keys("444455556666", "tab", message, "tab").sees("> [ Cancel ]")
    person.press("Start transfer").sees("✓ see it among the outgoing").keys("esc").misses("among the outgoing")
    lines = logged(person)
    assert [line.split()[2] for line in lines] == [
        "update-certificate",
        "detach-policy",
        "detach-policy",
        "detach-thing-principal",
        "transfer-certificate",
    ]

    other = start()
    for line in lines:
        if " transfer-certificate " in line:
            arn = describe(other.client(SOURCE), certificate)["certificateArn"]
            for _ in range(10_000):
                if attachments(other.client(SOURCE), arn)[1] == []:
                    break
        other.aws(SOURCE, line).succeeded()
    assert state(other, certificate) == state(demo, certificate)
    source, recipient = state(other, certificate)
    assert source == recipient and source[0]["status"] == "PENDING_TRANSFER"
    assert source[1] == {"transferMessage": message}

    # The other side, in the same way.
    person = opened(certferry(demo.url, demo.keys(RECIPIENT)), certificate)
    person.keys("a").sees("C  Accept transfer and activate…").keys("C")
    person.sees("> [ Not now ]").press("Accept transfer and activate").sees("is yours, and active")
    [line] = logged(person)
    other.aws(RECIPIENT, line).nothing()
    assert state(other, certificate) == state(demo, certificate)
    assert state(other, certificate)[0] is None
    person.keys("esc").sees(short(certificate))
