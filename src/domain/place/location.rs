//! Where something is true: an account and region of a partition, behind a control plane.

use std::fmt;

use crate::domain::{
    certificate::description::CertificateId,
    place::{account::AccountId, arn::CertificateArn, partition::Partition},
};

/// Where something is true. The journal's key is a place and a certificate's id: the same numbers
/// at an emulator are another certificate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// Who answers there.
    pub control_plane: ControlPlane,
    /// The partition of AWS.
    pub partition: Partition,
    /// The region.
    pub region: String,
    /// The account.
    pub account: AccountId,
}

impl Place {
    /// A region of AWS's first partition.
    pub fn aws(region: &str, account: AccountId) -> Self {
        Self {
            control_plane: ControlPlane::Aws,
            partition: Partition::default(),
            region: region.to_owned(),
            account,
        }
    }

    /// `account 1111-2222-3333 in us-east-1`, with the control plane when it is not AWS.
    pub fn words(&self) -> String {
        let at = match &self.control_plane {
            ControlPlane::Aws => String::new(),
            other @ ControlPlane::Other(_) => format!(" at {other}"),
        };
        format!("account {} in {}{at}", self.account.grouped(), self.region)
    }

    /// Whether certificates can be transferred from one to the other, the account aside: a transfer stays in its
    /// region.
    pub fn shares_region_with(&self, other: &Self) -> bool {
        self.region == other.region
            && self.partition == other.partition
            && self.control_plane == other.control_plane
    }

    /// The ARN of one of the place's certificates.
    pub fn arn(&self, id: CertificateId) -> CertificateArn {
        CertificateArn {
            partition: self.partition.clone(),
            region: self.region.clone(),
            account: self.account,
            id,
        }
    }
}

/// Who answers. All endpoints of AWS itself are one control plane, any other host and port is one of
/// its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ControlPlane {
    /// AWS.
    #[default]
    Aws,
    /// What answers in its place: `127.0.0.1:4566`.
    Other(String),
}

/// The domains of AWS's endpoints, VPC endpoints among them: `dnsSuffix` and `dualStackDnsSuffix` of
/// the partitions that the AWS SDKs know.
const DOMAINS: [&str; 14] = [
    "amazonaws.com",
    "api.aws",
    "amazonaws.com.cn",
    "api.amazonwebservices.com.cn",
    "amazonaws.eu",
    "api.amazonwebservices.eu",
    "c2s.ic.gov",
    "api.aws.ic.gov",
    "sc2s.sgov.gov",
    "api.aws.scloud",
    "cloud.adc-e.uk",
    "api.cloud-aws.adc-e.uk",
    "csp.hci.ic.gov",
    "api.aws.hci.ic.gov",
];

impl ControlPlane {
    /// Who answers at a host and port, of which the host is in lower case.
    pub fn at(host: &str, port: u16) -> Self {
        let bare = host.trim_end_matches('.');
        let within = |domain: &str| {
            bare.strip_suffix(domain)
                .is_some_and(|rest| rest.ends_with('.'))
        };
        if DOMAINS.iter().any(|domain| within(domain)) {
            Self::Aws
        } else {
            Self::Other(format!("{bare}:{port}"))
        }
    }

    /// Reads what [`Display`](fmt::Display) writes.
    pub fn named(name: &str) -> Self {
        match name {
            "AWS" => Self::Aws,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for ControlPlane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Aws => "AWS",
            Self::Other(host) => host,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_endpoints_of_aws_are_one_control_plane() {
        for host in [
            "iot.eu-west-1.amazonaws.com",
            "iot.eu-west-1.amazonaws.com.",
            "iot-fips.us-gov-west-1.amazonaws.com",
            "vpce-0a1b-2c3d.iot.us-east-1.vpce.amazonaws.com",
            "iot.cn-north-1.amazonaws.com.cn",
            "iot.us-iso-east-1.c2s.ic.gov",
            "iot.eusc-de-east-1.amazonaws.eu",
            "iot.us-east-1.api.aws",
        ] {
            assert_eq!(ControlPlane::at(host, 443), ControlPlane::Aws, "{host}");
        }
        for host in [
            "amazonaws.com.example.org",
            "notamazonaws.com",
            "localhost",
            "iot.corp.example",
        ] {
            let other = ControlPlane::Other(format!("{host}:443"));
            assert_eq!(ControlPlane::at(host, 443), other);
            assert_eq!(ControlPlane::named(&other.to_string()), other);
        }
        let (one, two) = (
            ControlPlane::at("127.0.0.1", 1),
            ControlPlane::at("127.0.0.1", 2),
        );
        assert_ne!(one, two);
        assert_eq!(ControlPlane::named("AWS"), ControlPlane::Aws);
    }

    #[test]
    fn a_partition_is_what_an_arn_names() {
        let of = |arn| Partition::in_arn(arn).map(|it| it.to_string());
        assert_eq!(of("arn:aws:sts::1:user/a").as_deref(), Some("aws"));
        assert_eq!(
            of("arn:aws-iso-b:iot:us-isob-east-1:1:cert/a").unwrap(),
            "aws-iso-b"
        );
        assert_eq!(of("arn:aws-eusc:iot:x:1:cert/a").unwrap(), "aws-eusc");
        for bad in [
            "",
            "arn:",
            "arn::iot:",
            "aws:iot",
            "arn:AWS\u{1b}:iot",
            "arn:gcp:iot:",
        ] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
