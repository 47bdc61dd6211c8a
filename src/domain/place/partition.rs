//! The partitions of AWS.

use std::{borrow::Cow, fmt};

/// A partition of AWS, by the name that its ARNs have: `aws`, `aws-cn`, `aws-us-gov`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition(Cow<'static, str>);

impl Partition {
    /// The partition of this name; `None` when it cannot be one.
    pub fn named(name: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let known = (3..=32).contains(&name.len()) && name.chars().all(plain);
        if name == "aws" {
            return Some(Self::default());
        }
        (known && name.starts_with("aws")).then(|| Self(name.to_owned().into()))
    }

    /// The partition that an ARN names.
    pub fn in_arn(arn: &str) -> Option<Self> {
        Self::named(arn.strip_prefix("arn:")?.split(':').next()?)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl Default for Partition {
    /// The first one: `aws`.
    fn default() -> Self {
        Self(Cow::Borrowed("aws"))
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_is_known_by_its_name() {
        for name in ["aws", "aws-cn", "aws-us-gov", "aws-iso-b"] {
            assert_eq!(Partition::named(name).unwrap().name(), name);
        }
        let long = format!("aws-{}", "x".repeat(29));
        for other in ["", "cn", "azure", "aws cn", "aws-CN", "aws\u{1b}", &long] {
            assert_eq!(Partition::named(other), None, "{other}");
        }
    }
}
