//! The code of an MFA device.

use std::fmt;

/// A code of an MFA device: six digits, good once. Nothing shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct MfaCode(String);

impl MfaCode {
    /// How many digits it has (`TokenCode` in the reference of AWS STS).
    pub const DIGITS: usize = 6;

    /// A code that was typed, perhaps with blanks, as the device shows it.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let all = digits.bytes().all(|byte| byte.is_ascii_digit());
        (all && digits.len() == Self::DIGITS).then_some(Self(digits))
    }

    /// The digits, for AWS alone.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MfaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MfaCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_six_digits_and_shows_none() {
        let code = MfaCode::parse(" 123 456 ").unwrap();
        assert_eq!(code.digits(), "123456");
        assert_eq!(format!("{code:?}"), "MfaCode(…)");
        for other in ["", "12345", "1234567", "12345a", "１２３４５６"] {
            assert_eq!(MfaCode::parse(other), None, "{other}");
        }
    }
}
