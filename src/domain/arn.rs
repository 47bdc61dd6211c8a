//! Amazon Resource Names of certificates.

use std::fmt;

use super::{AccountId, CertificateId};

/// `arn:PARTITION:iot:REGION:ACCOUNT:cert/ID`. Made again from its parts, so that a list need not
/// keep a hundred bytes of text a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CertificateArn {
    /// The region the certificate lives in.
    pub region: String,
    /// The account the ARN names.
    pub account: AccountId,
    /// The certificate.
    pub id: CertificateId,
}

impl fmt::Display for CertificateArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let partition = partition_of_region(&self.region);
        let Self {
            region,
            account,
            id,
        } = self;
        write!(f, "arn:{partition}:iot:{region}:{account}:cert/{id}")
    }
}

/// The AWS partition a region belongs to, by the prefix of its name.
pub fn partition_of_region(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

/// The account an ARN names, when it names one.
pub fn account_in_arn(arn: &str) -> Option<AccountId> {
    AccountId::parse(arn.split(':').nth(4)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_partition_follows_the_region() {
        let arn = |region: &str| {
            CertificateArn {
                region: region.to_owned(),
                account: AccountId::parse("111122223333").unwrap(),
                id: CertificateId::from_bytes([0xab; 32]),
            }
            .to_string()
        };
        let id = "ab".repeat(32);
        assert_eq!(
            arn("eu-west-1"),
            format!("arn:aws:iot:eu-west-1:111122223333:cert/{id}")
        );
        assert!(arn("cn-north-1").starts_with("arn:aws-cn:iot:"));
        assert!(arn("us-gov-west-1").starts_with("arn:aws-us-gov:iot:"));
    }

    #[test]
    fn the_account_is_the_fifth_part() {
        let arn = "arn:aws:iot:us-east-1:444455556666:cert/ab";
        assert_eq!(account_in_arn(arn), AccountId::parse("444455556666").ok());
        assert_eq!(account_in_arn("arn:aws:iot"), None);
        assert_eq!(account_in_arn(""), None);
    }
}
