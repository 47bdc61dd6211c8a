//! Amazon Resource Names of certificates.

use std::fmt;

use crate::domain::{
    certificate::description::CertificateId,
    place::{account::AccountId, partition::Partition, region::is_plain},
};

/// `arn:PARTITION:iot:REGION:ACCOUNT:cert/ID`. Made again from its parts, so that a list need not
/// keep a hundred bytes of text a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CertificateArn {
    /// The partition of AWS.
    pub partition: Partition,
    /// The region the certificate lives in.
    pub region: String,
    /// The account the ARN names.
    pub account: AccountId,
    /// The certificate.
    pub id: CertificateId,
}

impl fmt::Display for CertificateArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            partition,
            region,
            account,
            id,
        } = self;
        write!(f, "arn:{partition}:iot:{region}:{account}:cert/{id}")
    }
}

impl CertificateArn {
    /// Reads an ARN of a certificate; `None` when it is one of something else, or none.
    pub fn parse(text: &str) -> Option<Self> {
        let (partition, account) = owner_in_arn(text)?;
        let mut parts = text.splitn(6, ':');
        let (service, region) = (parts.nth(2)?, parts.next()?);
        let id = parts.nth(1)?.strip_prefix("cert/")?;
        (service == "iot" && is_plain(region)).then_some(())?;
        Some(Self {
            partition,
            region: region.to_owned(),
            account,
            id: CertificateId::parse(id).ok()?,
        })
    }
}

/// The partition and the account that an ARN names, when it names both.
pub fn owner_in_arn(arn: &str) -> Option<(Partition, AccountId)> {
    let account = AccountId::parse(arn.split(':').nth(4)?).ok()?;
    Some((Partition::in_arn(arn)?, account))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_names_its_parts() {
        let arn = CertificateArn {
            partition: Partition::named("aws-cn").unwrap(),
            region: "cn-north-1".to_owned(),
            account: AccountId::parse("111122223333").unwrap(),
            id: CertificateId::from_bytes([0xab; 32]),
        };
        let id = "ab".repeat(32);
        let text = format!("arn:aws-cn:iot:cn-north-1:111122223333:cert/{id}");
        assert_eq!(arn.to_string(), text);
        assert_eq!(CertificateArn::parse(&text), Some(arn));
        for wrong in [
            text.replace("cert/", "thing/"),
            text.replace(":iot:", ":acm:"),
            text.replace("1111", "11x1"),
            text.replace("cn-north-1", "CN"),
            format!("{text}0"),
            id,
        ] {
            assert_eq!(CertificateArn::parse(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_account_is_the_fifth_part() {
        let arn = "arn:aws:iot:us-east-1:444455556666:cert/ab";
        let account = AccountId::parse("444455556666").unwrap();
        assert_eq!(owner_in_arn(arn), Some((Partition::default(), account)));
        assert_eq!(owner_in_arn("arn:aws:iot"), None);
        assert_eq!(owner_in_arn(""), None);
    }
}
