"""What a script with boto3 does: list everything, or prepare a certificate and transfer it.

    peer.py list [PAGE_SIZE]
    peer.py transfer CERTIFICATE_ID RECIPIENT
"""

import sys

import boto3


def listing(iot, page_size=None):
    pages = iot.get_paginator("list_certificates")
    config = {"PageSize": int(page_size)} if page_size else {}
    found = [one for page in pages.paginate(PaginationConfig=config) for one in page["certificates"]]
    for one in found:
        print(one["certificateArn"])


def transfer(iot, certificate, recipient):
    print(boto3.client("sts").get_caller_identity()["Account"])
    arn = iot.describe_certificate(certificateId=certificate)["certificateDescription"]["certificateArn"]
    policies = iot.list_attached_policies(target=arn)["policies"]
    things = iot.list_principal_things(principal=arn)["things"]
    iot.update_certificate(certificateId=certificate, newStatus="INACTIVE")
    for policy in policies:
        iot.detach_policy(policyName=policy["policyName"], target=arn)
    for thing in things:
        iot.detach_thing_principal(thingName=thing, principal=arn)
    iot.transfer_certificate(certificateId=certificate, targetAwsAccount=recipient)
    outgoing = iot.list_outgoing_certificates()["outgoingCertificates"]
    print(any(one["certificateId"] == certificate for one in outgoing))


if __name__ == "__main__":
    what = {"list": listing, "transfer": transfer}[sys.argv[1]]
    what(boto3.client("iot"), *sys.argv[2:])
