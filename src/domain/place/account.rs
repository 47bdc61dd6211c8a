//! AWS accounts: the twelve digits.

use std::fmt;

use crate::domain::text::visible;

/// An AWS account number: twelve digits, leading zeros included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(u64);

/// Why a text is not an account number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseAccountError {
    /// Nothing was typed.
    #[error("type the 12 digits of the account number")]
    Empty,
    /// A character that is neither a digit nor a separator.
    #[error("{} is not a digit: an account number has 12 digits", visible(&.0.to_string()))]
    NotADigit(char),
    /// Another number of digits than twelve.
    #[error("{}", digits(*.0))]
    Length(usize),
}

fn digits(n: usize) -> String {
    match n {
        0..12 => format!("{n} of 12 digits"),
        _ => format!("{n} digits: an account number has 12"),
    }
}

impl AccountId {
    /// Reads an account number. The dashes and spaces people write between the groups are allowed.
    pub fn parse(text: &str) -> Result<Self, ParseAccountError> {
        let mut value = 0_u64;
        let mut digits = 0_usize;
        for c in text.trim().chars() {
            match c.to_digit(10) {
                Some(digit) => {
                    digits = digits.saturating_add(1);
                    value = value.saturating_mul(10).saturating_add(u64::from(digit));
                }
                None if c == '-' || c == ' ' => {}
                None => return Err(ParseAccountError::NotADigit(c)),
            }
        }
        match digits {
            0 => Err(ParseAccountError::Empty),
            12 => Ok(Self(value)),
            other => Err(ParseAccountError::Length(other)),
        }
    }

    /// Some other account, where any will do.
    pub fn another(self) -> Self {
        Self(self.0 ^ 1)
    }

    /// The last four digits, which are typed to confirm.
    pub fn last_four(&self) -> String {
        self.to_string().chars().skip(8).collect()
    }

    /// How many digits are not the same in both.
    pub fn digits_apart(self, other: Self) -> usize {
        let (one, other) = (self.to_string(), other.to_string());
        let digits = one.chars().zip(other.chars());
        digits.filter(|(one, other)| one != other).count()
    }

    /// The number in groups of four, as people read it to each other: `4444-5555-6666`.
    pub fn grouped(self) -> String {
        let digits = self.to_string();
        let group = |from: usize| digits.chars().skip(from).take(4).collect::<String>();
        format!("{}-{}-{}", group(0), group(4), group(8))
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_keeps_its_leading_zeros() {
        let account = AccountId::parse("0123-4567-8901").unwrap();
        assert_eq!(account.to_string(), "012345678901");
        assert_eq!(account.grouped(), "0123-4567-8901");
        assert_eq!(AccountId::parse(" 012345678901 "), Ok(account));
    }

    #[test]
    fn what_is_not_an_account_says_why() {
        assert_eq!(AccountId::parse(" "), Err(ParseAccountError::Empty));
        assert_eq!(AccountId::parse("12345"), Err(ParseAccountError::Length(5)));
        assert_eq!(
            AccountId::parse("1234567890123"),
            Err(ParseAccountError::Length(13))
        );
        assert_eq!(
            AccountId::parse("12345678901x"),
            Err(ParseAccountError::NotADigit('x'))
        );
        assert_eq!(
            AccountId::parse(&"9".repeat(400)),
            Err(ParseAccountError::Length(400))
        );
    }

    #[test]
    fn another_account_is_another_one() {
        for digits in ["012345678900", "012345678901", "000000000000"] {
            let account = AccountId::parse(digits).unwrap();
            assert_ne!(account.another(), account);
        }
    }
}
