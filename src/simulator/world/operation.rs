//! Which operations there are, and which request means which.

use percent_encoding::percent_decode_str;

/// An operation the simulator answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter)]
#[expect(missing_docs, reason = "they are the API's own names")]
pub enum Operation {
    ListCertificates,
    DescribeCertificate,
    UpdateCertificate,
    DeleteCertificate,
    CreateKeysAndCertificate,
    RegisterCertificateWithoutCA,
    ListAttachedPolicies,
    AttachPolicy,
    DetachPolicy,
    GetPolicy,
    ListPrincipalThings,
    ListPrincipalThingsV2,
    AttachThingPrincipal,
    DetachThingPrincipal,
    DescribeThing,
    GetEffectivePolicies,
    ListThingGroupsForThing,
    DescribeThingGroup,
    ListThingsInThingGroup,
    ListCertificatesByCA,
    CreatePolicy,
    CreatePolicyVersion,
    ListTargetsForPolicy,
    DeletePolicy,
    TestAuthorization,
    CreateThing,
    DeleteThing,
    ListThingPrincipals,
    ListThings,
    CreateThingType,
    DescribeThingType,
    AddThingToThingGroup,
    GetThingConnectivityData,
    DescribeCACertificate,
    DescribeEndpoint,
    GetThingShadow,
    ListNamedShadowsForThing,
    TransferCertificate,
    ListOutgoingCertificates,
    AcceptCertificateTransfer,
    RejectCertificateTransfer,
    CancelCertificateTransfer,
    GetCallerIdentity,
    ListPolicies,
    ListPolicyVersions,
    GetPolicyVersion,
    ListThingGroups,
    ListThingTypes,
    ListCACertificates,
    AssumeRole,
    GetRoleCredentials,
}

impl Operation {
    /// The operation's name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::ListCertificates => "ListCertificates",
            Self::DescribeCertificate => "DescribeCertificate",
            Self::UpdateCertificate => "UpdateCertificate",
            Self::DeleteCertificate => "DeleteCertificate",
            Self::CreateKeysAndCertificate => "CreateKeysAndCertificate",
            Self::RegisterCertificateWithoutCA => "RegisterCertificateWithoutCA",
            Self::ListAttachedPolicies => "ListAttachedPolicies",
            Self::AttachPolicy => "AttachPolicy",
            Self::DetachPolicy => "DetachPolicy",
            Self::GetPolicy => "GetPolicy",
            Self::ListPrincipalThings => "ListPrincipalThings",
            Self::ListPrincipalThingsV2 => "ListPrincipalThingsV2",
            Self::AttachThingPrincipal => "AttachThingPrincipal",
            Self::DetachThingPrincipal => "DetachThingPrincipal",
            Self::DescribeThing => "DescribeThing",
            Self::GetEffectivePolicies => "GetEffectivePolicies",
            Self::ListThingGroupsForThing => "ListThingGroupsForThing",
            Self::DescribeThingGroup => "DescribeThingGroup",
            Self::ListThingsInThingGroup => "ListThingsInThingGroup",
            Self::ListCertificatesByCA => "ListCertificatesByCA",
            Self::CreatePolicy => "CreatePolicy",
            Self::CreatePolicyVersion => "CreatePolicyVersion",
            Self::ListTargetsForPolicy => "ListTargetsForPolicy",
            Self::DeletePolicy => "DeletePolicy",
            Self::DeleteThing => "DeleteThing",
            Self::ListThingPrincipals => "ListThingPrincipals",
            Self::TestAuthorization => "TestAuthorization",
            Self::CreateThing => "CreateThing",
            Self::ListThings => "ListThings",
            Self::CreateThingType => "CreateThingType",
            Self::DescribeThingType => "DescribeThingType",
            Self::AddThingToThingGroup => "AddThingToThingGroup",
            Self::GetThingConnectivityData => "GetThingConnectivityData",
            Self::DescribeCACertificate => "DescribeCACertificate",
            Self::DescribeEndpoint => "DescribeEndpoint",
            Self::GetThingShadow => "GetThingShadow",
            Self::ListNamedShadowsForThing => "ListNamedShadowsForThing",
            Self::TransferCertificate => "TransferCertificate",
            Self::ListOutgoingCertificates => "ListOutgoingCertificates",
            Self::AcceptCertificateTransfer => "AcceptCertificateTransfer",
            Self::RejectCertificateTransfer => "RejectCertificateTransfer",
            Self::CancelCertificateTransfer => "CancelCertificateTransfer",
            Self::GetCallerIdentity => "GetCallerIdentity",
            Self::ListPolicies => "ListPolicies",
            Self::ListPolicyVersions => "ListPolicyVersions",
            Self::GetPolicyVersion => "GetPolicyVersion",
            Self::ListThingGroups => "ListThingGroups",
            Self::ListThingTypes => "ListThingTypes",
            Self::ListCACertificates => "ListCACertificates",
            Self::AssumeRole => "AssumeRole",
            Self::GetRoleCredentials => "GetRoleCredentials",
        }
    }

    /// The IAM action that allows it. The V2 lists use the action of the first version (botocore model).
    pub fn iam_action(self) -> String {
        match self {
            Self::GetCallerIdentity | Self::AssumeRole => format!("sts:{}", self.name()),
            Self::GetRoleCredentials => format!("sso:{}", self.name()),
            other => format!("iot:{}", other.quota_group().name()),
        }
    }

    /// The operation whose quota this one uses.
    pub(in crate::simulator) fn quota_group(self) -> Self {
        match self {
            Self::ListPrincipalThingsV2 => Self::ListPrincipalThings,
            other => other,
        }
    }

    /// The published default quota in calls per second, account and region (Service Quotas).
    pub(in crate::simulator) fn published_rate(self) -> Option<f64> {
        match self {
            Self::ListCertificates
            | Self::ListCertificatesByCA
            | Self::DescribeCertificate
            | Self::UpdateCertificate
            | Self::DeleteCertificate
            | Self::CreateKeysAndCertificate
            | Self::RegisterCertificateWithoutCA
            | Self::ListPrincipalThings
            | Self::ListPrincipalThingsV2
            | Self::TransferCertificate
            | Self::ListOutgoingCertificates
            | Self::AcceptCertificateTransfer
            | Self::RejectCertificateTransfer
            | Self::CancelCertificateTransfer
            | Self::ListTargetsForPolicy
            | Self::ListThingPrincipals
            | Self::GetPolicy
            | Self::CreatePolicy => Some(10.0),
            Self::ListAttachedPolicies | Self::AttachPolicy | Self::DetachPolicy => Some(15.0),
            Self::AttachThingPrincipal | Self::DetachThingPrincipal | Self::CreateThing => {
                Some(100.0)
            }
            Self::CreatePolicyVersion
            | Self::DeletePolicy
            | Self::DeleteThing
            | Self::TestAuthorization
            | Self::ListThings
            | Self::CreateThingType
            | Self::DescribeThingType
            | Self::AddThingToThingGroup
            | Self::GetThingConnectivityData
            | Self::DescribeCACertificate
            | Self::DescribeEndpoint
            | Self::GetThingShadow
            | Self::ListNamedShadowsForThing
            | Self::DescribeThing
            | Self::GetEffectivePolicies
            | Self::ListThingGroupsForThing
            | Self::DescribeThingGroup
            | Self::ListThingsInThingGroup
            | Self::ListPolicies
            | Self::ListPolicyVersions
            | Self::GetPolicyVersion
            | Self::ListThingGroups
            | Self::ListThingTypes
            | Self::ListCACertificates
            | Self::GetCallerIdentity
            | Self::AssumeRole
            | Self::GetRoleCredentials => None,
        }
    }
}

/// The operation of the data plane of a request, and its path label, decoded (botocore model `iot-data`).
pub(in crate::simulator) fn data_route(method: &str, path: &str) -> Option<(Operation, String)> {
    let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    let (operation, label) = match (method, segments.as_slice()) {
        ("GET", ["things", thing, "shadow"]) => (Operation::GetThingShadow, *thing),
        ("GET", ["api", "things", "shadow", "ListNamedShadowsForThing", thing]) => {
            (Operation::ListNamedShadowsForThing, *thing)
        }
        _ => return None,
    };
    let label = percent_decode_str(label).decode_utf8_lossy().into_owned();
    Some((operation, label))
}

/// The IoT operation of a request and its path label, decoded (botocore model, `http` traits).
///
/// A label is one segment whatever it contains: it is decoded after the path is split, so that an ARN's `%2F`
/// does not become a separator.
pub(in crate::simulator) fn route(method: &str, path: &str) -> Option<(Operation, String)> {
    let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    let (operation, label) = match (method, segments.as_slice()) {
        ("GET", ["certificates"]) => (Operation::ListCertificates, ""),
        ("POST", ["keys-and-certificate"]) => (Operation::CreateKeysAndCertificate, ""),
        ("POST", ["certificate", "register-no-ca"]) => {
            (Operation::RegisterCertificateWithoutCA, "")
        }
        ("GET", ["certificates", id]) => (Operation::DescribeCertificate, *id),
        ("PUT", ["certificates", id]) => (Operation::UpdateCertificate, *id),
        ("DELETE", ["certificates", id]) => (Operation::DeleteCertificate, *id),
        ("GET", ["certificates-out-going"]) => (Operation::ListOutgoingCertificates, ""),
        ("POST", ["attached-policies", target]) => (Operation::ListAttachedPolicies, *target),
        ("PUT", ["target-policies", policy]) => (Operation::AttachPolicy, *policy),
        ("POST", ["target-policies", policy]) => (Operation::DetachPolicy, *policy),
        ("GET", ["policies", policy]) => (Operation::GetPolicy, *policy),
        ("GET", ["principals", "things"]) => (Operation::ListPrincipalThings, ""),
        ("GET", ["principals", "things-v2"]) => (Operation::ListPrincipalThingsV2, ""),
        ("PUT", ["things", thing, "principals"]) => (Operation::AttachThingPrincipal, *thing),
        ("DELETE", ["things", thing, "principals"]) => (Operation::DetachThingPrincipal, *thing),
        ("GET", ["things", thing]) => (Operation::DescribeThing, *thing),
        ("POST", ["effective-policies"]) => (Operation::GetEffectivePolicies, ""),
        ("GET", ["things", thing, "thing-groups"]) => (Operation::ListThingGroupsForThing, *thing),
        ("GET", ["thing-groups", group]) => (Operation::DescribeThingGroup, *group),
        ("GET", ["thing-groups", group, "things"]) => (Operation::ListThingsInThingGroup, *group),
        ("GET", ["certificates-by-ca", id]) => (Operation::ListCertificatesByCA, *id),
        ("POST", ["policies", policy]) => (Operation::CreatePolicy, *policy),
        ("POST", ["policies", policy, "version"]) => (Operation::CreatePolicyVersion, *policy),
        ("POST", ["policy-targets", policy]) => (Operation::ListTargetsForPolicy, *policy),
        ("DELETE", ["policies", policy]) => (Operation::DeletePolicy, *policy),
        ("DELETE", ["things", thing]) => (Operation::DeleteThing, *thing),
        ("GET", ["things", thing, "principals"]) => (Operation::ListThingPrincipals, *thing),
        ("POST", ["test-authorization"]) => (Operation::TestAuthorization, ""),
        ("POST", ["things", thing]) => (Operation::CreateThing, *thing),
        ("GET", ["things"]) => (Operation::ListThings, ""),
        ("POST", ["thing-types", name]) => (Operation::CreateThingType, *name),
        ("GET", ["thing-types", name]) => (Operation::DescribeThingType, *name),
        ("PUT", ["thing-groups", "addThingToThingGroup"]) => (Operation::AddThingToThingGroup, ""),
        ("POST", ["things", thing, "connectivity-data"]) => {
            (Operation::GetThingConnectivityData, *thing)
        }
        ("GET", ["cacertificate", id]) => (Operation::DescribeCACertificate, *id),
        ("GET", ["policies"]) => (Operation::ListPolicies, ""),
        ("GET", ["policies", policy, "version"]) => (Operation::ListPolicyVersions, *policy),
        ("GET", ["policies", policy, "version", _]) => (Operation::GetPolicyVersion, *policy),
        ("GET", ["thing-groups"]) => (Operation::ListThingGroups, ""),
        ("GET", ["thing-types"]) => (Operation::ListThingTypes, ""),
        ("GET", ["cacertificates"]) => (Operation::ListCACertificates, ""),
        ("GET", ["endpoint"]) => (Operation::DescribeEndpoint, ""),
        ("PATCH", ["transfer-certificate", id]) => (Operation::TransferCertificate, *id),
        ("PATCH", ["accept-certificate-transfer", id]) => {
            (Operation::AcceptCertificateTransfer, *id)
        }
        ("PATCH", ["reject-certificate-transfer", id]) => {
            (Operation::RejectCertificateTransfer, *id)
        }
        ("PATCH", ["cancel-certificate-transfer", id]) => {
            (Operation::CancelCertificateTransfer, *id)
        }
        _ => return None,
    };
    let label = percent_decode_str(label).decode_utf8_lossy().into_owned();
    Some((operation, label))
}

/// The second label of the path, decoded; empty for an operation whose path has none or one.
pub(in crate::simulator) fn second_label(operation: Operation, path: &str) -> String {
    let label = match operation {
        Operation::GetPolicyVersion => path.rsplit('/').next().unwrap_or_default(),
        _ => "",
    };
    percent_decode_str(label).decode_utf8_lossy().into_owned()
}
