//! The partition of a region, as the AWS SDK knows it.

use aws_sdk_iot::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};

use crate::domain::Partition;

/// The DNS suffixes of the partitions and their names, from the metadata of the AWS SDKs.
/// `aws-us-gov` has the one of `aws`.
const SUFFIXES: [(&str, &str); 7] = [
    ("amazonaws.com", "aws"),
    ("amazonaws.com.cn", "aws-cn"),
    ("amazonaws.eu", "aws-eusc"),
    ("c2s.ic.gov", "aws-iso"),
    ("sc2s.sgov.gov", "aws-iso-b"),
    ("cloud.adc-e.uk", "aws-iso-e"),
    ("csp.hci.ic.gov", "aws-iso-f"),
];

/// The partition of a region; `None` when the SDK has the region in one that this program cannot name.
/// The SDK takes a region that it does not know for one of `aws`, so ARNs of AWS go before this.
pub(super) async fn of_region(region: &str) -> Option<Partition> {
    let params = Params::builder().region(region.to_owned()).build().ok()?;
    let endpoint = DefaultResolver::new()
        .resolve_endpoint(&params)
        .await
        .ok()?;
    let suffix = endpoint.url().split_once(&format!(".{region}."))?.1;
    let (_, name) = SUFFIXES.iter().find(|(known, _)| *known == suffix)?;
    Partition::named(match *name {
        "aws" if region.starts_with("us-gov-") => "aws-us-gov",
        name => name,
    })
}

/// A region that every account of a partition has. Only `aws` has regions that can be switched off.
pub(super) fn always_on(partition: Option<&Partition>) -> Option<&'static str> {
    (*partition? == Partition::default()).then_some("us-east-1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_partition_s_regions_are_its_own() {
        for (region, partition) in [
            ("us-east-1", "aws"),
            ("mx-central-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eu-isoe-west-1", "aws-iso-e"),
            ("us-isof-south-1", "aws-iso-f"),
            ("eusc-de-east-1", "aws-eusc"),
        ] {
            let found = of_region(region).await.map(|it| it.to_string());
            assert_eq!(found.as_deref(), Some(partition), "{region}");
        }
    }
}
