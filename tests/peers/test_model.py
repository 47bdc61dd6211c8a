"""The simulator's wire format against botocore's service model, read from the botocore that is installed: which
request means which operation, where each parameter stands, what the answers contain."""

import datetime
import json

import botocore
import pytest
from botocore import xform_name
from conftest import RECIPIENT, SOURCE, certificates, describe

# What the simulator is to answer; nothing else of AWS IoT's, and nothing twice.
IMPLEMENTED = {
    "AcceptCertificateTransfer",
    "AddThingToThingGroup",
    "AttachPolicy",
    "AttachThingPrincipal",
    "CancelCertificateTransfer",
    "CreateKeysAndCertificate",
    "CreatePolicy",
    "CreatePolicyVersion",
    "CreateThing",
    "CreateThingType",
    "DeleteCertificate",
    "DeletePolicy",
    "DeleteThing",
    "DescribeCACertificate",
    "DescribeCertificate",
    "DescribeEndpoint",
    "DescribeThing",
    "DescribeThingGroup",
    "DescribeThingType",
    "DetachPolicy",
    "DetachThingPrincipal",
    "GetEffectivePolicies",
    "GetPolicy",
    "GetPolicyVersion",
    "GetThingConnectivityData",
    "ListAttachedPolicies",
    "ListCACertificates",
    "ListCertificates",
    "ListCertificatesByCA",
    "ListOutgoingCertificates",
    "ListPolicies",
    "ListPolicyVersions",
    "ListPrincipalThings",
    "ListPrincipalThingsV2",
    "ListTargetsForPolicy",
    "ListThingGroups",
    "ListThingGroupsForThing",
    "ListThingPrincipals",
    "ListThingTypes",
    "ListThings",
    "ListThingsInThingGroup",
    "RegisterCertificateWithoutCA",
    "RejectCertificateTransfer",
    "TestAuthorization",
    "TransferCertificate",
    "UpdateCertificate",
}

OPERATION = "x-certferry-operation"

DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}]})


def model(client, operation):
    return client.meta.service_model.operation_model(operation)


def sample(shape, inside=()):
    """A value for a shape with every member, made of letters that have to be encoded."""
    if shape.name in inside:
        return None
    inside = (*inside, shape.name)
    match shape.type_name:
        case "structure":
            members = {name: sample(member, inside) for name, member in shape.members.items()}
            return {name: value for name, value in members.items() if value is not None}
        case "list":
            value = sample(shape.member, inside)
            return [] if value is None else [value]
        case "map":
            value = sample(shape.value, inside)
            return {} if value is None else {"key": value}
        case "string":
            return shape.enum[0] if shape.enum else "a/b:c?d#e%2F +&=@"
        case "integer" | "long":
            return 1
        case "float" | "double":
            return 1.5
        case "boolean":
            return True
        case "timestamp":
            return datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
        case "blob":
            return b"bytes"
    raise AssertionError(f"a shape of type {shape.type_name}")


class Wire:
    """Remembers the answers of a client as they came: operation, status, headers, document and what was parsed."""

    def __init__(self, client, service="iot"):
        self.client = client
        self.answers = []
        client.meta.events.register(f"after-call.{service}", self._after)

    def _after(self, http_response, parsed, model, **_):
        self.answers.append((model, http_response, parsed))

    def call(self, operation, **parameters):
        """Calls, and answers with headers, error code and message."""
        try:
            getattr(self.client, xform_name(operation))(**parameters)
        except self.client.exceptions.ClientError:
            pass
        _, response, parsed = self.answers[-1]
        error = parsed.get("Error", {})
        return response, error.get("Code"), error.get("Message", "")


def test_every_request_of_the_model_means_its_operation_or_none(demo):
    """Each of AWS IoT's operations, with all parameters it has, as botocore puts it on the wire."""
    wire = Wire(demo.new_client(SOURCE, parameter_validation=False))
    operations = wire.client.meta.service_model.operation_names
    assert len(operations) > 200 and set(operations) >= IMPLEMENTED
    understood = set()
    for operation in operations:
        shape = model(wire.client, operation).input_shape
        response, code, _ = wire.call(operation, **(sample(shape) if shape else {}))
        named = response.headers.get(OPERATION)
        if named is None:
            assert (response.status_code, code) == (404, "UnknownOperationException"), operation
        else:
            assert named == operation
            understood.add(operation)
    assert understood == IMPLEMENTED


def test_only_get_caller_identity_of_sts_is_answered(demo):
    client = demo.client(SOURCE, "sts", parameter_validation=False)
    for operation in client.meta.service_model.operation_names:
        shape = model(client, operation).input_shape
        call = getattr(client, xform_name(operation))
        parameters = sample(shape) if shape else {}
        if operation == "GetCallerIdentity":
            answer = call(**parameters)
            members = set(model(client, operation).output_shape.members)
            assert set(answer) - {"ResponseMetadata"} == members
            continue
        try:
            with pytest.raises(client.exceptions.ClientError) as refusal:
                call(**parameters)
        except botocore.exceptions.BotoCoreError:
            continue
        assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403, 404), operation


def test_of_the_data_plane_only_shadows_are_read(shared):
    """Each of its operations, with all parameters it has; those that are answered have every member of the model."""
    client = shared.new_client(SOURCE, "iot-data", parameter_validation=False)
    wire = Wire(client, "iot-data-plane")
    understood = set()
    for operation in client.meta.service_model.operation_names:
        shape = model(client, operation).input_shape
        response, code, _ = wire.call(operation, **(sample(shape) if shape else {}))
        named = response.headers.get(OPERATION)
        if named is None:
            assert (response.status_code, code) == (404, "UnknownOperationException"), operation
        else:
            assert named == operation and code == "InvalidRequestException"
            understood.add(operation)
    assert understood == {"GetThingShadow", "ListNamedShadowsForThing"}
    rows = shared.client(SOURCE).list_things(maxResults=100)["things"]
    found = [client.list_named_shadows_for_thing(thingName=row["thingName"], pageSize=1) for row in rows]
    assert {name for page in found for name in page["results"]} == {"config"}
    members = set(model(client, "ListNamedShadowsForThing").output_shape.members)
    assert all(set(page) - {"ResponseMetadata"} | {"nextToken"} == members for page in found)
    thing = next(row["thingName"] for row, page in zip(rows, found) if page["results"])
    assert json.loads(client.get_thing_shadow(thingName=thing)["payload"].read())["version"] == 1
    for wrong in ({"pageSize": 101}, {"pageSize": 0}, {"nextToken": "%%%"}, {"thingName": "a b"}):
        _, code, _ = wire.call("ListNamedShadowsForThing", **{"thingName": thing, **wrong})
        assert code == "InvalidRequestException", wrong
    for wrong, code in (({"shadowName": "nobody"}, "ResourceNotFoundException"), ({"shadowName": "a b"}, "InvalidRequestException")):
        assert wire.call("GetThingShadow", **{"thingName": thing, **wrong})[1] == code


def authority_of_one(client):
    """The id of the CA that some certificate of the account was registered with."""
    described = (describe(client, row["certificateId"]) for row in certificates(client))
    return next(it["caCertificateId"] for it in described if it.get("caCertificateId"))


# A value of each parameter that the service has to refuse, wherever the parameter stands.
WRONG = {
    "ascendingOrder": "perhaps",
    "attributeName": "a b",
    "attributePayload": {"attributes": {"a b": "x"}},
    "attributeValue": "a b",
    "authInfos": [],
    "billingGroupName": "a b",
    "caCertificateId": "g" * 64,
    "certificateId": "g" * 64,
    "certificatePem": "PEM",
    "clientId": "x" * 129,
    "cognitoIdentityPoolId": "nobody",
    "endpointType": "nowhere",
    "expectedVersion": "x",
    "forceDelete": "perhaps",
    "includeSocketInformation": "perhaps",
    "marker": "%%%",
    "maxResults": 251,
    "namePrefixFilter": "a b",
    "newStatus": "LOST",
    "nextToken": "%%%",
    "overrideDynamicGroups": "perhaps",
    "pageSize": 0,
    "parentGroup": "a b",
    "policyDocument": 7,
    "policyName": "a b",
    "policyNamesToAdd": ["a b"],
    "policyNamesToSkip": ["a b"],
    "policyVersionId": "x",
    "principal": "nobody",
    "recursive": "perhaps",
    "rejectReason": "x" * 129,
    "setAsActive": "perhaps",
    "setAsDefault": "perhaps",
    "status": "LOST",
    "tags": [{"Key": ""}],
    "target": "nobody",
    "templateName": "a b",
    "targetAwsAccount": "44445555666x",
    "thingArn": "nobody",
    "thingGroupArn": "nobody",
    "thingGroupName": "a b",
    "thingName": "a b",
    "thingPrincipalType": "SHARED_THING",
    "thingTypeName": "a b",
    "thingTypeProperties": {"thingTypeDescription": "x" * 2029},
    "transferMessage": "x" * 129,
    "usePrefixAttributeValue": "perhaps",
}


@pytest.fixture(scope="module")
def right(shared):
    """A value of each parameter that the service accepts."""
    row = certificates(shared.client(SOURCE))[0]
    arn = row["certificateArn"].rsplit(":", 1)[0]
    return {
        "ascendingOrder": True,
        "attributeName": "line",
        "attributePayload": {"attributes": {"line": "A1"}},
        "attributeValue": "A1",
        "authInfos": [{"actionType": "CONNECT", "resources": [f"{arn}:client/press-line-1"]}],
        "billingGroupName": "press",
        "caCertificateId": "a" * 64,
        "clientId": "press-line-1",
        "certificateId": row["certificateId"],
        "certificatePem": describe(shared.client(SOURCE), row["certificateId"])["certificatePem"],
        "cognitoIdentityPoolId": "us-east-1:00000000-0000-4000-8000-000000000000",
        "endpointType": "iot:Data-ATS",
        "expectedVersion": 1,
        "forceDelete": False,
        "includeSocketInformation": False,
        "marker": "",
        "maxResults": 250,
        "namePrefixFilter": "plant",
        "newStatus": "INACTIVE",
        "nextToken": "",
        "overrideDynamicGroups": False,
        "pageSize": 1,
        "parentGroup": "plants",
        "policyDocument": DOCUMENT,
        "policyName": "fleet-connect",
        "policyNamesToAdd": [],
        "policyNamesToSkip": [],
        "policyVersionId": "1",
        "principal": row["certificateArn"],
        "recursive": True,
        "rejectReason": "x" * 128,
        "setAsActive": False,
        "setAsDefault": False,
        "status": "INACTIVE",
        "tags": [{"Key": "team", "Value": "press"}],
        "target": row["certificateArn"],
        "targetAwsAccount": shared.accounts[RECIPIENT],
        "templateName": "fleet",
        "thingArn": f"{arn}:thing/press-line-1",
        "thingGroupArn": f"{arn}:thinggroup/plant-1",
        "thingGroupName": "plant-1",
        "thingName": "press-line-1",
        "thingPrincipalType": "EXCLUSIVE_THING",
        "thingTypeName": "PressLine",
        "thingTypeProperties": {"thingTypeDescription": "a press"},
        "transferMessage": "x" * 128,
        "usePrefixAttributeValue": True,
    }


@pytest.mark.parametrize("operation", sorted(IMPLEMENTED))
def test_every_parameter_is_read_from_where_the_model_puts_it(shared, right, operation):
    """Each parameter in turn is made wrong. That the service says so, and says which, shows that it was read."""
    wire = Wire(shared.new_client(SOURCE, parameter_validation=False))
    members = model(wire.client, operation).input_shape.members
    # A marker is one the service made, so the right ones are left out.
    good = {name: right[name] for name in members if name not in ("marker", "nextToken")}
    for name, member in members.items():
        response, code, message = wire.call(operation, **{**good, name: WRONG[name]})
        assert response.headers[OPERATION] == operation
        assert (response.status_code, code) == (400, "InvalidRequestException"), (name, code, message)
        # AWS names a parameter as it stands on the wire.
        assert member.serialization.get("name", name) in message or name in message, (name, message)
        if name in model(wire.client, operation).input_shape.required_members and name not in uri_labels(members):
            without = {other: value for other, value in good.items() if other != name}
            response, code, message = wire.call(operation, **without)
            assert (code, name in message) == ("InvalidRequestException", True), (name, code, message)


def uri_labels(members):
    """The parameters that are part of the path, so that there is no request without them."""
    return {name for name, member in members.items() if member.serialization.get("location") == "uri"}


def leaves(document, shape, path=()):
    """The paths of a shape's members, or with a document, of those it has."""
    match shape.type_name:
        case "structure":
            for name, member in shape.members.items():
                key = member.serialization.get("name", name)
                if document is None or key in document:
                    yield from leaves(document and document[key], member, (*path, name))
        case "list":
            yield path
            for item in [None] if document is None else document:
                yield from leaves(item, shape.member, (*path, "[]"))
        case _:
            yield path


def shown(document, path=()):
    """The paths of a document, whatever the model says."""
    if isinstance(document, dict) and path[-1:] != ("attributes",):
        for name, value in document.items():
            yield from shown(value, (*path, name))
    elif isinstance(document, list):
        yield path
        for item in document:
            yield from shown(item, (*path, "[]"))
    else:
        yield path


# What the simulator's world has nothing to say about, and why.
ABSENT = {
    # What its authorities register has no template.
    "DescribeCACertificate": {
        ("registrationConfig", "roleArn"),
        ("registrationConfig", "templateBody"),
        ("registrationConfig", "templateName"),
    },
    # No type of it is deprecated, or speaks of MQTT 5.
    "DescribeThingType": {
        ("thingTypeMetadata", "deprecationDate"),
        ("thingTypeProperties", "mqtt5Configuration", "propagatingAttributes"),
        ("thingTypeProperties", "mqtt5Configuration", "propagatingAttributes", "[]", "connectionAttribute"),
        ("thingTypeProperties", "mqtt5Configuration", "propagatingAttributes", "[]", "thingAttribute"),
        ("thingTypeProperties", "mqtt5Configuration", "propagatingAttributes", "[]", "userPropertyKey"),
    },
    "ListThingTypes": {
        ("thingTypes", "[]", "thingTypeMetadata", "deprecationDate"),
        ("thingTypes", "[]", "thingTypeProperties", "mqtt5Configuration", "propagatingAttributes"),
        ("thingTypes", "[]", "thingTypeProperties", "mqtt5Configuration", "propagatingAttributes", "[]", "connectionAttribute"),
        ("thingTypes", "[]", "thingTypeProperties", "mqtt5Configuration", "propagatingAttributes", "[]", "thingAttribute"),
        ("thingTypes", "[]", "thingTypeProperties", "mqtt5Configuration", "propagatingAttributes", "[]", "userPropertyKey"),
    },
    # There is one CA, so a list of them has no second page.
    "ListCACertificates": {("nextMarker",)},
    # Its devices have no sockets.
    "GetThingConnectivityData": {
        ("cleanSession",),
        ("keepAliveDuration",),
        ("sessionExpiry",),
        ("sourceIp",),
        ("sourcePort",),
        ("targetIp",),
        ("targetPort",),
        ("vpcEndpointId",),
    },
    # There are no billing groups in it.
    "DescribeThing": {("billingGroupName",)},
    # Its groups have no properties, and none of them is dynamic.
    "DescribeThingGroup": {
        ("indexName",),
        ("queryString",),
        ("queryVersion",),
        ("status",),
        ("thingGroupProperties", "attributePayload", "attributes"),
        ("thingGroupProperties", "attributePayload", "merge"),
        ("thingGroupProperties", "thingGroupDescription"),
    },
}


def test_answers_have_every_member_of_the_model_and_no_other(demo):
    source, recipient = Wire(demo.new_client(SOURCE)), Wire(demo.new_client(RECIPIENT))
    account = demo.accounts[RECIPIENT]
    rows = certificates(source.client)

    laden = next(row for row in rows if row["status"] == "ACTIVE")
    arn = laden["certificateArn"]
    policies = source.client.list_attached_policies(target=arn, pageSize=1)["policies"]
    things = source.client.list_principal_things(principal=arn)["things"]
    source.call("AttachThingPrincipal", thingName="paint-robot-1", principal=arn)
    source.call("ListPrincipalThings", principal=arn, maxResults=1)
    source.call("ListPrincipalThingsV2", principal=arn, maxResults=1)
    source.call("GetPolicy", policyName=policies[0]["policyName"])
    source.call("ListPolicies", pageSize=1)
    source.call("ListPolicyVersions", policyName="fleet-telemetry")
    source.call("GetPolicyVersion", policyName="fleet-telemetry", policyVersionId="2")
    source.call("ListThingGroups", maxResults=1)
    source.call("DescribeThing", thingName=things[0])
    source.call("GetEffectivePolicies", principal=arn, thingName=things[0])
    source.call("ListThingGroupsForThing", thingName=things[0], maxResults=1)
    for group in source.client.list_thing_groups_for_thing(thingName=things[0])["thingGroups"]:
        source.call("DescribeThingGroup", thingGroupName=group["groupName"])
    source.call("ListTargetsForPolicy", policyName="fleet-connect", pageSize=1)
    source.call("ListThingsInThingGroup", thingGroupName="plants", recursive=True, maxResults=1)
    source.call("ListThings", maxResults=1)
    source.call("DescribeEndpoint", endpointType="iot:Data-ATS")
    authority = authority_of_one(source.client)
    source.call("DescribeCACertificate", certificateId=authority)
    source.call("ListCACertificates", pageSize=1)
    source.call("ListCertificatesByCA", caCertificateId=authority, pageSize=1)
    of_ca = source.client.list_certificates_by_ca(caCertificateId=authority)["certificates"][0]
    source.call("DescribeCertificate", certificateId=of_ca["certificateId"])
    for thing in source.client.list_things(maxResults=60)["things"]:
        source.call("GetThingConnectivityData", thingName=thing["thingName"])
    own = arn.rsplit(":", 1)[0]
    client, topic = f"{own}:client/{things[0]}", f"{own}:topic/press/x/commands"
    asked = [
        {"actionType": "CONNECT", "resources": [client]},
        {"actionType": "PUBLISH", "resources": [topic]},
        {"actionType": "RECEIVE", "resources": [f"{own}:topic/nothing"]},
    ]
    named = {"clientId": things[0], "policyNamesToAdd": ["press-line-commands"]}
    source.call("TestAuthorization", principal=arn, authInfos=asked, **named)
    source.call("TestAuthorization", principal=arn, authInfos=asked[:1], clientId="nobody")
    source.call("CreatePolicy", policyName="new", policyDocument=DOCUMENT)
    source.call("CreatePolicyVersion", policyName="new", policyDocument=DOCUMENT, setAsDefault=True)
    about = {"thingTypeDescription": "a press", "searchableAttributes": ["line"]}
    source.call("CreateThingType", thingTypeName="Press", thingTypeProperties=about)
    source.call("DescribeThingType", thingTypeName="Press")
    source.call("ListThingTypes", thingTypeName="Press")
    source.call("ListThingTypes", maxResults=1)
    source.call("CreateThing", thingName="new", thingTypeName="Press", attributePayload={"attributes": {"line": "A1"}})
    source.call("AddThingToThingGroup", thingName="new", thingGroupName="plant-1")
    other = next(row for row in rows if row["status"] == "ACTIVE" and row != laden)["certificateArn"]
    source.client.attach_thing_principal(thingName=things[0], principal=other)
    source.call("ListThingPrincipals", thingName=things[0], maxResults=1)
    source.client.detach_thing_principal(thingName=things[0], principal=other)
    source.call("DeleteThing", thingName="new")
    source.call("CreatePolicy", policyName="unused", policyDocument=DOCUMENT)
    source.call("DeletePolicy", policyName="unused")
    source.call("DetachThingPrincipal", thingName=things[0], principal=arn)
    source.call("ListCertificates", pageSize=1)

    def is_ready(row):
        attached = source.client.list_attached_policies(target=row["certificateArn"])["policies"]
        return not attached and not source.client.list_principal_things(principal=row["certificateArn"])["things"]

    ready = next(row for row in rows if row["status"] == "INACTIVE" and is_ready(row))["certificateId"]
    transfer = {"certificateId": ready, "targetAwsAccount": account, "transferMessage": "to you"}
    source.call("TransferCertificate", **transfer)
    source.call("ListOutgoingCertificates", pageSize=1)
    recipient.call("RejectCertificateTransfer", certificateId=ready, rejectReason="no")
    source.call("DescribeCertificate", certificateId=ready)
    source.call("TransferCertificate", **transfer)
    source.call("CancelCertificateTransfer", certificateId=ready)
    source.call("TransferCertificate", **transfer)
    recipient.call("AcceptCertificateTransfer", certificateId=ready)
    recipient.call("DescribeCertificate", certificateId=ready)
    made = source.client.create_keys_and_certificate(setAsActive=False)
    source.call("CreateKeysAndCertificate", setAsActive=True)
    recipient.call("RegisterCertificateWithoutCA", certificatePem=made["certificatePem"], status="INACTIVE")
    recipient.call("UpdateCertificate", certificateId=ready, newStatus="ACTIVE")
    recipient.call("AttachPolicy", policyName="fleet-connect", target=describe(recipient.client, ready)["certificateArn"])
    recipient.client.update_certificate(certificateId=ready, newStatus="INACTIVE")
    recipient.call("DetachPolicy", policyName="fleet-connect", target=describe(recipient.client, ready)["certificateArn"])

    recipient.call("DeleteCertificate", certificateId=ready)

    seen = {}
    for operation, response, parsed in source.answers + recipient.answers:
        assert response.status_code == 200, (operation.name, parsed)
        assert len(parsed["ResponseMetadata"]["RequestId"]) == 36
        body = response.content
        if operation.output_shape is None:
            assert body == b"", operation.name
            seen.setdefault(operation.name, set())
            continue
        document = json.loads(body)
        found = set(leaves(document, operation.output_shape))
        # What the model does not know, botocore would drop without a word.
        assert found == set(shown(document)), operation.name
        # And what it knows, it has found and could read.
        understood = {key: value for key, value in parsed.items() if key != "ResponseMetadata"}
        assert set(shown(understood)) == found, operation.name
        seen.setdefault(operation.name, set()).update(found)

    assert set(seen) == IMPLEMENTED
    for operation, found in seen.items():
        shape = model(source.client, operation).output_shape
        expected = set(leaves(None, shape)) if shape else set()
        assert expected - found == ABSENT.get(operation, set()), operation


def test_dates_are_read_as_dates(shared):
    client = shared.client(SOURCE)
    [row] = client.list_certificates(pageSize=1)["certificates"]
    description = describe(client, row["certificateId"])
    for date in (row["creationDate"], description["lastModifiedDate"], description["validity"]["notAfter"]):
        assert isinstance(date, datetime.datetime) and 2020 < date.year < 2050
    assert description["validity"]["notBefore"] < description["validity"]["notAfter"]


@pytest.mark.parametrize("order", [True, False])
def test_pages_of_one_are_the_whole_list(shared, order):
    """Every list that botocore knows how to page, a row at a time and at once."""
    client = shared.client(SOURCE)
    row = next(
        row
        for row in certificates(client)
        if row["status"] == "ACTIVE" and len(client.list_principal_things(principal=row["certificateArn"])["things"]) > 1
    )
    arn = row["certificateArn"]
    thing = client.list_principal_things(principal=arn)["things"][0]
    # A second certificate of the same thing.
    other = next(other for other in certificates(client) if other["status"] == "ACTIVE" and other != row)
    client.attach_thing_principal(thingName=thing, principal=other["certificateArn"])
    parameters = {
        "ascendingOrder": order,
        "target": arn,
        "principal": arn,
        "thingName": thing,
        "policyName": "fleet-connect",
        "thingGroupName": "plants",
        "recursive": True,
        "caCertificateId": authority_of_one(client),
    }
    paged = {name for name in IMPLEMENTED if client.can_paginate(xform_name(name))}
    assert len(paged) == 15
    for operation in paged:
        members = model(client, operation).input_shape.members
        given = {name: value for name, value in parameters.items() if name in members}
        paginator = client.get_paginator(xform_name(operation))
        whole, single = [
            list(paginator.paginate(**given, PaginationConfig={"PageSize": size}).search(paginator.result_keys[0].expression))
            for size in (250, 1)
        ]
        # There is one CA.
        assert (len(whole) > 1 or operation == "ListCACertificates") and single == whole, operation
