"""certferry, driven by keys, against moto: an AWS IoT that nobody here has written. boto3 says what moto's state is.

moto differs from AWS's own model in this, and certferry has to live with it:
- It has none of the transfer operations, nor ListOutgoingCertificates, and answers them with HTTP 500 and a page
  of HTML. So certferry cannot know which certificates are in transfer, and says so.
- It detaches things at once; AWS takes "several seconds" (DetachThingPrincipal).
- The ids of the certificates it creates are not the SHA-256 of the certificates.
"""

import pytest
from conftest import attachments, describe

DOCUMENT = '{"Version": "2012-10-17", "Statement": []}'
NO_OUTGOING = "! outgoing transfers unknown: ListOutgoingCertificates: AWS failed"


@pytest.fixture
def world(moto):
    """An account with five certificates; the first one is active and has two policies and two things."""
    client = moto.client()
    made = [client.create_keys_and_certificate(setAsActive=active) for active in (True, True, True, False, False)]
    for policy in ("press-base", "press-jobs"):
        client.create_policy(policyName=policy, policyDocument=DOCUMENT)
        client.attach_policy(policyName=policy, target=made[0]["certificateArn"])
    for thing in ("press:7", "press-7-spare"):
        client.create_thing(thingName=thing, attributePayload={"attributes": {"site": "Lyon"}})
        client.attach_thing_principal(thingName=thing, principal=made[0]["certificateArn"])
    client.update_certificate(certificateId=made[2]["certificateId"], newStatus="REVOKED")
    return client, [(one["certificateId"], one["certificateArn"]) for one in made]


def short(certificate):
    return f"{certificate[:8]}…{certificate[-8:]}"


def opened(person, certificate):
    """The details of a certificate, found with the filter."""
    person.sees(short(certificate)).keys("/").sees("keep the filter")
    person.keys(certificate[:8]).sees("1 of ").keys("enter").misses("keep the filter")
    return person.keys("enter").sees("[Details]", certificate, "Record")


def test_it_lists_and_shows_details(moto, world, certferry):
    client, made = world
    person = certferry(moto.url, moto.keys)
    person.sees("1234-5678-9012", "us-east-1", f"ENDPOINT {moto.url}", NO_OUTGOING)
    for (certificate, _), status in zip(made, ["Active", "Active", "Revoked", "Inactive", "Inactive"], strict=True):
        person.sees(short(certificate))
        assert status in person.row(short(certificate))
    assert len(client.list_certificates()["certificates"]) == len(made)

    laden, arn = made[0]
    opened(person, laden).sees("Policies 2", "Things 2", "2 attached", "CN=AWS IoT Certificate", "Key         RSA 2048")
    assert arn in person.text().replace("\n              ", "")
    person.sees("not the certificate's id")
    person.keys("2").sees("[Policies 2]", "> press-base", "  press-jobs")
    person.keys("o").sees("v  View document").keys("v").sees('"2012-10-17"').keys("esc").misses("2012-10-17")
    person.keys("3").sees("[Things 2]", "press:7", "press-7-spare")
    person.keys("o").sees("v  View attributes").keys("v").sees("Lyon").keys("esc").misses("Lyon")
    person.keys("q")
    assert person.exit_code() == 0
    # Looking has changed nothing.
    assert describe(client, laden)["status"] == "ACTIVE"
    assert [len(names) for names in attachments(client, arn)] == [2, 2]


def test_it_prepares_a_transfer(moto, world, certferry):
    client, made = world
    certificate, arn = made[0]
    others = [(describe(client, other)["status"], attachments(client, there)) for other, there in made[1:]]
    person = opened(certferry(moto.url, moto.keys), certificate)

    # The cursor stands on the button that changes nothing.
    person.keys("a").sees("d  Deactivate…").keys("d").sees("> [ Keep active ]", "press:7")
    person.keys("enter").misses("[ Keep active ]")
    assert describe(client, certificate)["status"] == "ACTIVE"
    person.keys("a").sees("d  Deactivate…").keys("d").sees("> [ Keep active ]")
    person.keys("right").sees("> [ Deactivate ]").keys("enter").sees("○ Inactive", "is inactive")
    assert describe(client, certificate)["status"] == "INACTIVE"

    person.keys("2").sees("[Policies 2]")
    for left in (["press-jobs"], []):
        person.keys("o").sees("D  Detach…").keys("D")
        person.sees("> [ Keep attached ]").keys("right").sees("> [ Detach ]").keys("enter")
        person.sees(f"[Policies {len(left)}]", "is detached from")
        assert attachments(client, arn)[0] == left
    person.sees("No policies are attached.")

    person.keys("3").sees("[Things 2]")
    for count in (1, 0):
        person.keys("o").sees("D  Detach…").keys("D")
        person.sees("> [ Keep attached ]").keys("right").sees("> [ Detach ]").keys("enter")
        person.sees(f"[Things {count}]")
        assert len(attachments(client, arn)[1]) == count
    person.sees("No things are attached.")
    person.keys("1").sees("✓ deactivated", "✓ policies", "✓ things")

    # The policies and the things are still there, and the other certificates as they were.
    assert {policy["policyName"] for policy in client.list_policies()["policies"]} == {"press-base", "press-jobs"}
    assert {thing["thingName"] for thing in client.list_things()["things"]} == {"press:7", "press-7-spare"}
    assert [(describe(client, other)["status"], attachments(client, there)) for other, there in made[1:]] == others

    # What others attach again shows after a refresh.
    client.attach_policy(policyName="press-base", target=arn)
    client.attach_thing_principal(thingName="press:7", principal=arn)
    client.update_certificate(certificateId=certificate, newStatus="ACTIVE")
    person.keys("r").sees("● Active", "Policies 1", "Things 1", "✗ deactivated")


def test_what_a_run_detached_is_attached_again(moto, world, certferry):
    client, made = world
    certificate, arn = made[0]

    def state():
        return describe(client, certificate)["status"], [sorted(names) for names in attachments(client, arn)]

    before = state()
    assert before[0] == "ACTIVE" and [len(names) for names in before[1]] == [2, 2]
    person = opened(certferry(moto.url, moto.keys), certificate)
    person.keys("a").sees("Start transfer…").choose("Start transfer")
    person.sees("deactivates it · detaches 2 policies and 2 things")
    person.sees("policies press-base, press-jobs", "things press:7, press-7-spare")
    person.keys("444455556666", "tab", "tab").sees("> [ Cancel ]", "[ Start transfer ]")
    person.keys("right").sees("> [ Start transfer ]").keys("enter")

    # moto has no transfer: the run stops there, with everything detached, and the journal has it open.
    person.sees("✓ deactivate", "✓ detach policy press-jobs", "✓ wait until nothing is attached")
    person.sees("resume it, put it back, or leave it as it is")
    assert state() == ("INACTIVE", [[], []])

    person.keys("o").sees("p  Put back…").keys("p").sees("> [ Cancel ]")
    person.keys("right").sees("> [ Put back ]").keys("enter")
    person.sees("✓ attach policy press-base", "✓ attach policy press-jobs", "✓ activate", "✓ done")
    assert state() == before
    person.keys("esc").misses("✓ done").keys("q")
    # What became of the transfer itself moto never said.
    assert person.exit_code() == 3


def test_a_transfer_fails_clearly_and_loses_nothing(moto, world, certferry):
    client, made = world
    certificate, arn = made[3]
    before = describe(client, certificate)
    assert before["status"] == "INACTIVE"
    person = opened(certferry(moto.url, moto.keys), certificate)
    person.sees("✓ deactivated", "✓ policies", "✓ things")
    person.keys("a").sees("Start transfer…").choose("Start transfer")
    person.sees("it is inactive and nothing is attached")
    person.keys("444455556666", "tab", "to you", "tab").sees("4444-5555-6666", "> [ Cancel ]")
    person.press("Start transfer")
    person.sees("TransferCertificate: AWS failed", "HTTP status 500")

    # What happens elsewhere meanwhile shows whether the state on the screen afterwards is the real one.
    client.attach_policy(policyName="press-base", target=arn)
    # A 500 leaves open whether it was done, and moto cannot be asked: no list of what is outgoing.
    person.sees("It is not known whether AWS did it.", "Look at the certificate before you try again.")
    assert moto.asked("PATCH /transfer-certificate/") == 1, "it is never sent twice"
    person.keys("esc").misses("Transfer " + short(certificate)).keys("r")
    person.sees("○ Inactive", "Policies 1", "✗ policies")
    person.sees("✓ transfer          none", "1 half-way")

    assert describe(client, certificate) == before
    person.keys("L").sees("not known whether done", f"--endpoint-url={moto.url}").keys("esc").misses("Command log")
    # Whoever leaves without knowing is told so.
    person.keys("q")
    assert person.exit_code() == 3
    assert "not known whether this was done" in person.text()
