//! The API operations certferry calls: of each whether it changes anything, and its quota.

use std::{collections::BTreeMap, time::Duration};

use strum::IntoEnumIterator as _;

/// A quota of AWS IoT: the default of an account in a region, which AWS raises on request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quota {
    /// Calls per second.
    pub per_second: f64,
    /// Its code in Service Quotas; `None` when the number is not published.
    pub code: Option<&'static str>,
}

/// A quota whose number AWS publishes.
const fn published(per_second: f64, code: &'static str) -> Quota {
    Quota {
        per_second,
        code: Some(code),
    }
}

/// A quota whose number is not published: the smallest one that any operation has is taken.
const UNPUBLISHED: Quota = Quota {
    per_second: 10.0,
    code: None,
};

/// What an operation does to AWS.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Reads,
    Changes,
}

use Access::{Changes, Reads};

macro_rules! operations {
    ($($name:ident: $does:expr, $quota:expr;)*) => {
        /// One operation of AWS IoT or AWS STS.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumIter)]
        #[expect(missing_docs, reason = "each is named as AWS names it")]
        pub enum Operation { $($name,)* }

        impl Operation {
            /// The API's name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// Whether it changes anything.
            pub fn mutates(self) -> bool {
                let does = match self { $(Self::$name => $does,)* };
                does == Changes
            }

            /// The quota that a call counts against; `None` when no quota is known that could be reached.
            pub const fn quota(self) -> Option<Quota> {
                match self { $(Self::$name => $quota,)* }
            }
        }
    };
}

// The numbers are those of `list-aws-default-service-quotas` for AWS IoT in us-east-1 (the reference,
// part C). Neither second version of a listing has a quota of its own there, so it is taken to share the
// first one's.
operations! {
    Connect: Reads, None;
    Journal: Reads, None;
    GetCallerIdentity: Reads, None;
    ListCertificates: Reads, Some(published(10.0, "L-97DA2C60"));
    ListOutgoingCertificates: Reads, Some(published(10.0, "L-56AB20B6"));
    DescribeCertificate: Reads, Some(published(10.0, "L-FC864907"));
    ListAttachedPolicies: Reads, Some(published(15.0, "L-B2DA2A45"));
    ListPrincipalThings: Reads, Some(published(10.0, "L-C481616A"));
    GetPolicy: Reads, Some(UNPUBLISHED);
    DescribeThing: Reads, Some(UNPUBLISHED);
    GetEffectivePolicies: Reads, Some(UNPUBLISHED);
    ListThingGroupsForThing: Reads, Some(UNPUBLISHED);
    DescribeThingGroup: Reads, Some(UNPUBLISHED);
    DescribeThingType: Reads, Some(UNPUBLISHED);
    DescribeCACertificate: Reads, Some(UNPUBLISHED);
    GetThingConnectivityData: Reads, Some(UNPUBLISHED);
    GetThingShadow: Reads, Some(UNPUBLISHED);
    ListNamedShadowsForThing: Reads, Some(UNPUBLISHED);
    ListThingPrincipals: Reads, Some(published(10.0, "L-FC3EF4D9"));
    ListTargetsForPolicy: Reads, Some(published(10.0, "L-D7C50543"));
    ListCertificatesByCA: Reads, Some(published(10.0, "L-5A0AFD83"));
    ListThings: Reads, Some(UNPUBLISHED);
    ListThingsInThingGroup: Reads, Some(UNPUBLISHED);
    ListPolicies: Reads, Some(UNPUBLISHED);
    ListPolicyVersions: Reads, Some(UNPUBLISHED);
    GetPolicyVersion: Reads, Some(UNPUBLISHED);
    ListThingGroups: Reads, Some(UNPUBLISHED);
    ListThingTypes: Reads, Some(UNPUBLISHED);
    ListCACertificates: Reads, Some(UNPUBLISHED);
    TestAuthorization: Reads, Some(UNPUBLISHED);
    DescribeEndpoint: Reads, Some(UNPUBLISHED);
    UpdateCertificate: Changes, Some(published(10.0, "L-77B523DC"));
    DeleteCertificate: Changes, Some(published(10.0, "L-EEB8F0B1"));
    AttachPolicy: Changes, Some(published(15.0, "L-CA7D4E3E"));
    DetachPolicy: Changes, Some(published(15.0, "L-EC88D510"));
    AttachThingPrincipal: Changes, Some(published(100.0, "L-F64D1AA6"));
    DetachThingPrincipal: Changes, Some(published(100.0, "L-B5EE4A16"));
    TransferCertificate: Changes, Some(published(10.0, "L-9A4156D0"));
    AcceptCertificateTransfer: Changes, Some(published(10.0, "L-136C6B71"));
    RejectCertificateTransfer: Changes, Some(published(10.0, "L-E82C8FBF"));
    CancelCertificateTransfer: Changes, Some(published(10.0, "L-14E3C32E"));
    CreatePolicy: Changes, Some(UNPUBLISHED);
    CreateThingType: Changes, Some(UNPUBLISHED);
    CreateThing: Changes, Some(UNPUBLISHED);
    AddThingToThingGroup: Changes, Some(UNPUBLISHED);
    DeletePolicy: Changes, Some(UNPUBLISHED);
    DeleteThing: Changes, Some(UNPUBLISHED);
}

impl Operation {
    /// The operation with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::iter().find(|operation| operation.name() == name)
    }

    /// The action an IAM policy must allow for it. `ListPrincipalThingsV2` has that of the first
    /// version (service model), so the two are one here.
    pub fn iam_action(self) -> String {
        match self {
            Self::GetCallerIdentity => format!("sts:{}", self.name()),
            _ => format!("iot:{}", self.name()),
        }
    }
}

/// The shortest time in which so many calls can be made at a fraction of the quotas. Each operation
/// has its own quota, so the slowest one decides.
pub fn shortest_time(calls: impl IntoIterator<Item = Operation>, fraction: f64) -> Duration {
    let mut counts: BTreeMap<&'static str, (Operation, u32)> = BTreeMap::new();
    for operation in calls {
        let entry = counts.entry(operation.name()).or_insert((operation, 0));
        entry.1 = entry.1.saturating_add(1);
    }
    counts
        .into_values()
        .filter_map(|(operation, n)| {
            let per_second = operation.quota()?.per_second * fraction;
            Duration::try_from_secs_f64(f64::from(n) / per_second).ok()
        })
        .max()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_operation_decides() {
        let describes = [Operation::DescribeCertificate; 20];
        let detaches = [Operation::DetachPolicy; 60];
        let things = [Operation::DetachThingPrincipal; 60];
        let calls = || describes.iter().chain(&detaches).chain(&things).copied();
        assert_eq!(shortest_time(calls(), 1.0), Duration::from_secs(4));
        assert_eq!(shortest_time(calls(), 0.5), Duration::from_secs(8));
        assert_eq!(shortest_time([], 1.0), Duration::ZERO);
        assert_eq!(shortest_time([Operation::Connect], 1.0), Duration::ZERO);
        assert_eq!(shortest_time(calls(), 0.0), Duration::ZERO);
    }

    #[test]
    fn a_permission_has_the_service_s_name_before_it() {
        assert_eq!(
            Operation::GetCallerIdentity.iam_action(),
            "sts:GetCallerIdentity"
        );
        assert_eq!(
            Operation::TransferCertificate.iam_action(),
            "iot:TransferCertificate"
        );
    }
}
