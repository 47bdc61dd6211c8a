//! How often AWS lets an account call an operation.

use std::{collections::BTreeMap, time::Duration};

use crate::domain::actions::operation::Operation;

/// A quota of AWS IoT: the default of an account in a region, which AWS raises on request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quota {
    /// Calls per second.
    pub per_second: f64,
    /// Its code in Service Quotas; `None` when the number is not published.
    pub code: Option<&'static str>,
}

impl Operation {
    /// The quota that a call counts against; `None` when no quota is known that could be reached.
    ///
    /// The numbers are those of `list-aws-default-service-quotas` for AWS IoT in us-east-1 (the
    /// reference, part C). Neither second version of a listing has a quota of its own there, so it
    /// is taken to share the first one's. For `GetPolicy` and `DescribeThing` no number is
    /// published there; the smallest one that any operation has is taken.
    pub const fn quota(self) -> Option<Quota> {
        let (per_second, code) = match self {
            Self::Connect | Self::Journal | Self::GetCallerIdentity => return None,
            Self::ListCertificates => (10.0, Some("L-97DA2C60")),
            Self::ListOutgoingCertificates => (10.0, Some("L-56AB20B6")),
            Self::DescribeCertificate => (10.0, Some("L-FC864907")),
            Self::ListAttachedPolicies => (15.0, Some("L-B2DA2A45")),
            Self::ListPrincipalThings => (10.0, Some("L-C481616A")),
            Self::GetPolicy | Self::DescribeThing => (10.0, None),
            Self::UpdateCertificate => (10.0, Some("L-77B523DC")),
            Self::AttachPolicy => (15.0, Some("L-CA7D4E3E")),
            Self::DetachPolicy => (15.0, Some("L-EC88D510")),
            Self::AttachThingPrincipal => (100.0, Some("L-F64D1AA6")),
            Self::DetachThingPrincipal => (100.0, Some("L-B5EE4A16")),
            Self::TransferCertificate => (10.0, Some("L-9A4156D0")),
            Self::AcceptCertificateTransfer => (10.0, Some("L-136C6B71")),
            Self::RejectCertificateTransfer => (10.0, Some("L-E82C8FBF")),
            Self::CancelCertificateTransfer => (10.0, Some("L-14E3C32E")),
        };
        Some(Quota { per_second, code })
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
}
