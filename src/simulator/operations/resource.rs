//! What IAM checks a call against.

use crate::simulator::operations::call::Call;
use crate::simulator::world::operation::Operation;
use crate::simulator::world::{Side, World};

/// The ARN IAM checks a call against (Developer Guide, `security_iam_service-with-iam`).
pub(in crate::simulator) fn resource(world: &World, call: &Call) -> String {
    match call.operation {
        Operation::ListCertificates
        | Operation::ListCertificatesByCA
        | Operation::ListOutgoingCertificates
        | Operation::CreateKeysAndCertificate
        | Operation::RegisterCertificateWithoutCA
        | Operation::ListThings
        | Operation::ListPolicies
        | Operation::ListThingGroups
        | Operation::ListThingTypes
        | Operation::ListCACertificates
        | Operation::DescribeEndpoint
        | Operation::GetCallerIdentity
        | Operation::GetRoleCredentials => "*".to_owned(),
        Operation::AssumeRole => call.form("RoleArn").unwrap_or_default(),
        Operation::DescribeCACertificate => call.at.arn(&format!("cacert/{}", call.label)),
        Operation::CreateThingType | Operation::DescribeThingType => {
            call.at.arn(&format!("thingtype/{}", call.label))
        }
        Operation::AddThingToThingGroup => {
            let group = call.member("thingGroupName").ok().flatten();
            call.at
                .arn(&format!("thinggroup/{}", group.unwrap_or_default()))
        }
        Operation::CreatePolicy
        | Operation::CreatePolicyVersion
        | Operation::ListTargetsForPolicy
        | Operation::DeletePolicy
        | Operation::ListPolicyVersions
        | Operation::GetPolicyVersion
        | Operation::GetPolicy => call.at.arn(&format!("policy/{}", call.label)),
        Operation::CreateThing
        | Operation::DeleteThing
        | Operation::ListThingPrincipals
        | Operation::DescribeThing
        | Operation::GetThingConnectivityData
        | Operation::GetThingShadow
        | Operation::ListNamedShadowsForThing
        | Operation::ListThingGroupsForThing => call.at.arn(&format!("thing/{}", call.label)),
        Operation::DescribeThingGroup | Operation::ListThingsInThingGroup => {
            call.at.arn(&format!("thinggroup/{}", call.label))
        }
        Operation::GetEffectivePolicies | Operation::TestAuthorization => call
            .member("principal")
            .ok()
            .flatten()
            .unwrap_or_else(|| "*".to_owned()),
        Operation::ListAttachedPolicies => call.label.clone(),
        Operation::AttachPolicy | Operation::DetachPolicy => call
            .member("target")
            .ok()
            .flatten()
            .unwrap_or_else(|| "*".to_owned()),
        Operation::ListPrincipalThings
        | Operation::ListPrincipalThingsV2
        | Operation::AttachThingPrincipal
        | Operation::DetachThingPrincipal => {
            call.header("x-amzn-principal").unwrap_or("*").to_owned()
        }
        Operation::DescribeCertificate
        | Operation::UpdateCertificate
        | Operation::DeleteCertificate
        | Operation::TransferCertificate
        | Operation::AcceptCertificateTransfer
        | Operation::RejectCertificateTransfer
        | Operation::CancelCertificateTransfer => {
            let resource = format!("cert/{}", call.label);
            // The source's cancel is authorised on the recipient's ARN.
            match world.see(&call.at, &call.label) {
                Some((Side::Source, kept)) => world
                    .places
                    .get(&kept)
                    .and_then(|place| place.certificates.get(&call.label))
                    .and_then(|certificate| certificate.pending_target())
                    .map_or_else(
                        || call.at.arn(&resource),
                        |target| call.at.of(target).arn(&resource),
                    ),
                _ => call.at.arn(&resource),
            }
        }
    }
}
