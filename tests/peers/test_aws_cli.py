"""The AWS CLI against the simulator: the procedure of the Developer Guide, "Transfer a certificate to another
account", with its own lines, from both accounts; and everything that is refused."""

import pytest
from conftest import RECIPIENT, SOURCE, attachments, certificates, describe

# The Developer Guide's lines, as they stand there. Its words in italics are replaced, and `--endpoint-url` is added.
UPDATE = "aws iot update-certificate --certificate-id certificateId --new-status INACTIVE"
LIST_POLICIES = "aws iot list-attached-policies --target certificateArn"
DETACH_POLICY = "aws iot detach-policy --target certificateArn --policy-name policy-name"
LIST_THINGS = "aws iot list-principal-things --principal certificateArn"
DETACH_THING = "aws iot detach-thing-principal --principal certificateArn --thing-name thing-name"
TRANSFER = "aws iot transfer-certificate --certificate-id certificateId --target-aws-account account-id"
ACCEPT = "aws iot accept-certificate-transfer --certificate-id certificateId"
REJECT = "aws iot reject-certificate-transfer --certificate-id certificateId"
CANCEL = "aws iot cancel-certificate-transfer --certificate-id certificateId"

DESCRIBE = "aws iot describe-certificate --certificate-id certificateId"


def newest(simulator, wanted, side=SOURCE):
    """The newest certificate whose description and attachments are as wanted."""
    client = simulator.client(side)
    for row in certificates(client):
        arn = row["certificateArn"]
        if wanted(describe(client, row["certificateId"]), *attachments(client, arn)):
            return row["certificateId"], arn
    raise AssertionError("the fleet has no such certificate")


def ready(description, policies, things):
    return description["status"] == "INACTIVE" and not policies and not things


def offered(simulator):
    """A certificate of the source that the recipient may accept."""
    certificate, _ = newest(simulator, ready)
    line = TRANSFER + " --transfer-message 'line 4 moves'"
    simulator.aws(SOURCE, line, certificateId=certificate, account_id=simulator.accounts[RECIPIENT]).json()
    return certificate


def listed(simulator, side, certificate):
    rows = simulator.aws(side, "aws iot list-certificates").json()["certificates"]
    return {row["certificateId"]: row["status"] for row in rows}.get(certificate)


def outgoing(simulator, certificate):
    rows = simulator.aws(SOURCE, "aws iot list-outgoing-certificates").json()["outgoingCertificates"]
    return [row for row in rows if row["certificateId"] == certificate]


def test_begin_a_transfer(demo):
    def laden(description, policies, things):
        return description["status"] == "ACTIVE" and len(policies) > 1 and len(things) > 1

    certificate, arn = newest(demo, laden)
    recipient = demo.accounts[RECIPIENT]
    words = {"certificateId": certificate, "certificateArn": arn, "account_id": recipient}

    def run(line, **values):
        return demo.aws(SOURCE, line, **words, **values)

    # Every precondition, in the order in which the guide has them met.
    run(TRANSFER).refused("CertificateStateException")
    run(UPDATE).nothing()
    assert run(DESCRIBE).json()["certificateDescription"]["status"] == "INACTIVE"

    run(TRANSFER).refused("TransferConflictException")
    policies = run(LIST_POLICIES).json()["policies"]
    assert len(policies) > 1
    for policy in policies:
        name = policy["policyName"]
        assert policy["policyArn"] == f"arn:aws:iot:us-east-1:{demo.accounts[SOURCE]}:policy/{name}"
        run(DETACH_POLICY, policy_name=name).nothing()
    assert run(LIST_POLICIES).json() == {"policies": []}

    # The guide demands it; the API's own text does not, and which error it is nobody has published.
    run(TRANSFER).refused("TransferConflictException")
    things = run(LIST_THINGS).json()["things"]
    assert len(things) > 1
    for thing in things:
        # AWS answers `{}`, which the AWS CLI prints as nothing.
        run(DETACH_THING, thing_name=thing).nothing()
    # "It might take several seconds for the detachment to propagate" (DetachThingPrincipal); each look takes some.
    for _ in range(60):
        if run(LIST_THINGS).json() == {"things": []}:
            break
    else:
        raise AssertionError("the things are still attached")

    # The ARN already names the recipient (AWS CLI's own example of transfer-certificate).
    arn_there = arn.replace(demo.accounts[SOURCE], recipient)
    assert run(TRANSFER).json() == {"transferredCertificateArn": arn_there}
    [row] = outgoing(demo, certificate)
    assert (row["certificateArn"], row["transferredTo"]) == (arn_there, recipient)
    assert "transferMessage" not in row and row["transferDate"] > row["creationDate"]
    assert listed(demo, SOURCE, certificate) == "PENDING_TRANSFER"
    assert listed(demo, RECIPIENT, certificate) == "PENDING_TRANSFER"


@pytest.mark.parametrize(("flag", "status"), [("", "INACTIVE"), (" --set-as-active", "ACTIVE")])
def test_accept_a_transfer(demo, flag, status):
    certificate = offered(demo)
    description = demo.aws(RECIPIENT, DESCRIBE, certificateId=certificate).json()["certificateDescription"]
    assert description["status"] == "PENDING_TRANSFER"
    assert description["transferData"]["transferMessage"] == "line 4 moves"

    demo.aws(RECIPIENT, ACCEPT + flag, certificateId=certificate).nothing()
    description = demo.aws(RECIPIENT, DESCRIBE, certificateId=certificate).json()["certificateDescription"]
    assert (description["status"], description["ownedBy"]) == (status, demo.accounts[RECIPIENT])
    assert description["previousOwnedBy"] == demo.accounts[SOURCE]
    assert description["transferData"]["acceptDate"] >= description["transferData"]["transferDate"]
    assert listed(demo, RECIPIENT, certificate) == status
    assert listed(demo, SOURCE, certificate) is None and outgoing(demo, certificate) == []
    demo.aws(SOURCE, DESCRIBE, certificateId=certificate).refused("ResourceNotFoundException")

    # "After the receiving account accepts the certificate, the certificate must be activated before use."
    activate = "aws iot update-certificate --certificate-id certificateId --new-status ACTIVE"
    demo.aws(RECIPIENT, activate, certificateId=certificate).nothing()
    assert listed(demo, RECIPIENT, certificate) == "ACTIVE"


def test_reject_a_transfer(demo):
    certificate = offered(demo)
    line = REJECT + " --reject-reason 'not ours: ticket 4417'"
    demo.aws(RECIPIENT, line, certificateId=certificate).nothing()
    assert listed(demo, RECIPIENT, certificate) is None and outgoing(demo, certificate) == []
    description = demo.aws(SOURCE, DESCRIBE, certificateId=certificate).json()["certificateDescription"]
    assert (description["status"], description["ownedBy"]) == ("INACTIVE", demo.accounts[SOURCE])
    assert description["transferData"]["rejectReason"] == "not ours: ticket 4417"
    assert description["transferData"]["rejectDate"] >= description["transferData"]["transferDate"]

    # It can be offered again, and rejected without a reason, with the guide's line alone.
    words = {"certificateId": certificate, "account_id": demo.accounts[RECIPIENT]}
    demo.aws(SOURCE, TRANSFER, **words).json()
    demo.aws(RECIPIENT, REJECT, **words).nothing()
    assert listed(demo, SOURCE, certificate) == "INACTIVE"


def test_cancel_a_transfer(demo):
    certificate = offered(demo)
    demo.aws(SOURCE, CANCEL, certificateId=certificate).nothing()
    assert listed(demo, SOURCE, certificate) == "INACTIVE" and outgoing(demo, certificate) == []
    assert listed(demo, RECIPIENT, certificate) is None
    demo.aws(RECIPIENT, ACCEPT, certificateId=certificate).refused("ResourceNotFoundException")


@pytest.fixture(scope="module")
def cast(shared):
    """A certificate for each part in the refusals below."""
    client = shared.client(SOURCE)
    accounts = shared.accounts

    def with_status(status):
        return lambda description, policies, things: description["status"] == status

    def waiting(description, policies, things):
        return description["status"] == "PENDING_TRANSFER" and description["previousOwnedBy"] == accounts[SOURCE]

    def accepted(description, policies, things):
        return "acceptDate" in description["transferData"] and description["previousOwnedBy"] == accounts[SOURCE]

    def with_policies(description, policies, things):
        return description["status"] == "INACTIVE" and policies and not things

    def with_things(description, policies, things):
        return description["status"] == "INACTIVE" and things

    cast = {
        "ACTIVE": newest(shared, with_status("ACTIVE")),
        "REVOKED": newest(shared, with_status("REVOKED")),
        "PENDING_ACTIVATION": newest(shared, with_status("PENDING_ACTIVATION")),
        "with policies": newest(shared, with_policies),
        "with things": newest(shared, with_things),
        "ready": newest(shared, ready),
        "waiting": newest(shared, waiting),
        "accepted": newest(shared, accepted, RECIPIENT),
        "unknown": ("0" * 64, f"arn:aws:iot:us-east-1:{accounts[SOURCE]}:cert/{'0' * 64}"),
        "malformed": ("g" * 64, "nonsense"),
    }
    arn = cast["with things"][1]
    for policy in attachments(client, arn)[0]:
        client.detach_policy(policyName=policy, target=arn)
    return cast


STATE = "CertificateStateException"
CONFLICT = "TransferConflictException"
COMPLETED = "TransferAlreadyCompletedException"
UNKNOWN = "ResourceNotFoundException"
INVALID = "InvalidRequestException"

SET = "aws iot update-certificate --certificate-id certificateId --new-status "
TO = "aws iot transfer-certificate --certificate-id certificateId --target-aws-account "

REFUSED = [
    # The preconditions of TransferCertificate.
    (SOURCE, TRANSFER, "ACTIVE", STATE),
    (SOURCE, TRANSFER, "REVOKED", STATE),
    (SOURCE, TRANSFER, "PENDING_ACTIVATION", STATE),
    (SOURCE, TRANSFER, "waiting", STATE),
    (SOURCE, TRANSFER, "with policies", CONFLICT),
    (SOURCE, TRANSFER, "with things", CONFLICT),
    (SOURCE, TO + "111122223333", "ready", INVALID),
    # Malformed, which botocore lets through: it checks types and least lengths, no patterns and no longest lengths.
    (SOURCE, TO + "44445555666x", "ready", INVALID),
    (SOURCE, TO + "4444555566667", "ready", INVALID),
    (SOURCE, TRANSFER + " --transfer-message " + "x" * 129, "ready", INVALID),
    (RECIPIENT, REJECT + " --reject-reason " + "x" * 129, "waiting", INVALID),
    (SOURCE, LIST_POLICIES, "malformed", INVALID),
    (SOURCE, LIST_THINGS, "malformed", INVALID),
    *[(SOURCE, line, "malformed", INVALID) for line in (DESCRIBE, UPDATE, TRANSFER, CANCEL)],
    *[(RECIPIENT, line, "malformed", INVALID) for line in (ACCEPT, REJECT)],
    # Unknown.
    *[(SOURCE, line, "unknown", UNKNOWN) for line in (DESCRIBE, UPDATE, TRANSFER, CANCEL)],
    *[(RECIPIENT, line, "unknown", UNKNOWN) for line in (ACCEPT, REJECT)],
    (SOURCE, LIST_POLICIES, "unknown", UNKNOWN),
    (SOURCE, LIST_THINGS, "unknown", UNKNOWN),
    (SOURCE, DETACH_THING, "unknown", UNKNOWN),
    # DetachPolicy declares no ResourceNotFoundException.
    (SOURCE, DETACH_POLICY, "unknown", INVALID),
    # The other account's certificate.
    (RECIPIENT, DESCRIBE, "ready", UNKNOWN),
    (RECIPIENT, UPDATE, "ready", UNKNOWN),
    (RECIPIENT, TO + "111122223333", "ready", UNKNOWN),
    (RECIPIENT, LIST_POLICIES, "ready", UNKNOWN),
    # The wrong side. Which error it is nobody has published.
    (SOURCE, ACCEPT, "waiting", UNKNOWN),
    (SOURCE, REJECT, "waiting", UNKNOWN),
    (RECIPIENT, CANCEL, "waiting", UNKNOWN),
    # Already completed.
    (SOURCE, CANCEL, "accepted", COMPLETED),
    (RECIPIENT, ACCEPT, "accepted", COMPLETED),
    (RECIPIENT, REJECT, "accepted", COMPLETED),
    (SOURCE, CANCEL, "ready", COMPLETED),
    # UpdateCertificate: what only AWS sets, during a transfer, and after Revoke.
    *[(SOURCE, SET + status, "ready", INVALID) for status in ("PENDING_TRANSFER", "PENDING_ACTIVATION")],
    (SOURCE, UPDATE, "waiting", STATE),
    (RECIPIENT, UPDATE, "waiting", STATE),
    (SOURCE, SET + "ACTIVE", "REVOKED", STATE),
]


def called(line, values):
    """The call of boto3 that a line of the AWS CLI makes: method and parameters."""
    _, _, command, *words = line.split()
    parameters = {}
    for option, word in zip(words[::2], words[1::2], strict=True):
        first, *others = option.removeprefix("--").split("-")
        name = first + "".join(other.capitalize() for other in others)
        parameters[name] = values.get(word.replace("-", "_"), word)
    return command.replace("-", "_"), parameters


@pytest.mark.parametrize(("side", "line", "part", "code"), REFUSED, ids=lambda value: str(value)[:60])
def test_a_refusal_is_one_that_aws_declares_and_changes_nothing(shared, cast, side, line, part, code):
    certificate, arn = cast[part]
    values = {
        "certificateId": certificate,
        "certificateArn": arn,
        "account_id": shared.accounts[RECIPIENT],
        "policy_name": "fleet-connect",
        "thing_name": "press-line-1",
    }
    clients = [shared.client(SOURCE), shared.client(RECIPIENT)]

    def state():
        seen = [part not in ("unknown", "malformed") and describe(client, certificate) for client in clients]
        return seen, [client.list_outgoing_certificates()["outgoingCertificates"] for client in clients]

    before = state()
    message = shared.aws(side, line, **values).refused(code)
    assert message.strip()

    client = shared.client(side)
    method, parameters = called(line, values)
    with pytest.raises(client.exceptions.ClientError) as refusal:
        getattr(client, method)(**parameters)
    answer = refusal.value.response
    model = client.meta.service_model.operation_model(refusal.value.operation_name)
    declared = {shape.error_code: shape.metadata["error"]["httpStatusCode"] for shape in model.error_shapes}
    assert answer["Error"]["Code"] == code and code in declared
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == declared[code]
    assert isinstance(refusal.value, client.exceptions.from_code(code))
    assert state() == before


@pytest.mark.parametrize(
    ("line", "values", "said"),
    [
        (TRANSFER, {"certificateId": "a" * 63}, "certificateId"),
        (TRANSFER, {"account_id": "4444"}, "targetAwsAccount"),
        (UPDATE, {"certificateId": "short"}, "certificateId"),
        ("aws iot transfer-certificate --certificate-id certificateId", {}, "--target-aws-account"),
        (ACCEPT.replace("accept", "admit"), {}, "maybe you meant"),
    ],
)
def test_what_the_aws_cli_refuses_itself(shared, line, values, said):
    known = {"certificateId": "a" * 64, "account_id": shared.accounts[RECIPIENT]}
    shared.aws(SOURCE, line, **{**known, **values}).invalid(said)


def test_who_is_asking(shared):
    """STS is asked at the same port."""
    for side in (SOURCE, RECIPIENT):
        identity = shared.aws(side, "aws sts get-caller-identity").json()
        account = shared.accounts[side]
        assert identity["Account"] == account and identity["Arn"] == f"arn:aws:iam::{account}:user/ops"
        assert identity["UserId"].startswith("AIDA")


def test_somebody_unknown_is_refused(shared):
    client = shared.new_client(SOURCE)
    client.meta.events.register("before-sign.iot", lambda request_signer, **_: _unknown(request_signer))
    with pytest.raises(client.exceptions.ClientError) as refusal:
        client.list_certificates()
    answer = refusal.value.response
    assert answer["Error"]["Code"] == "UnrecognizedClientException"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403


def _unknown(signer):
    import botocore.credentials

    signer._credentials = botocore.credentials.Credentials("AKIANOBODY", "secret")


@pytest.mark.parametrize("flag", ["", "--ascending-order"])
def test_a_thousand_certificates_are_listed_without_a_flag(start, flag):
    simulator = start("--certificates", "1000")
    client = simulator.client(SOURCE)
    rows = simulator.aws(SOURCE, f"aws iot list-certificates {flag}").json()["certificates"]
    assert len({row["certificateId"] for row in rows}) == len(rows) == 1000
    dates = [row["creationDate"] for row in rows]
    assert dates == sorted(dates, reverse=not flag)

    # 25 a page is what AWS answers when no size is named.
    parameters = {"ascendingOrder": True} if flag else {}
    pages = list(client.get_paginator("list_certificates").paginate(**parameters))
    assert [len(page["certificates"]) for page in pages] == [25] * 40
    ids = [row["certificateId"] for page in pages for row in page["certificates"]]
    assert ids == [row["certificateId"] for row in rows]
    assert [row["certificateId"] for row in certificates(client, **parameters)] == ids
