//! What people call the device of a certificate.

use crate::domain::{certificate::description::CertificateId, text::contains};

/// The common name of every certificate that AWS IoT makes itself: the name of nobody.
const OF_EVERYBODY: &str = "AWS IoT Certificate";

/// What is known of the device of a certificate. All of it is foreign text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceName {
    /// The certificate.
    pub id: CertificateId,
    /// The common name of its subject, which never changes.
    pub common_name: Option<String>,
    /// Its serial number, which never changes either: hexadecimal pairs, without anything between them.
    pub serial: Option<String>,
    /// The thing that it had when that was last looked at.
    pub thing: Option<String>,
    /// Whether it was looked at whether it has one.
    pub thing_looked_at: bool,
}

impl DeviceName {
    /// Of which nothing is known.
    pub const fn unknown(id: CertificateId) -> Self {
        Self {
            id,
            common_name: None,
            serial: None,
            thing: None,
            thing_looked_at: false,
        }
    }

    /// The common name, unless all certificates have the same one; otherwise the thing.
    pub fn words(&self) -> Option<&str> {
        let own = self.common_name.as_deref().filter(|it| is_own(it));
        own.or(self.thing.as_deref())
    }

    /// Whether the thing has to be asked for to know what it is called.
    pub fn wants_thing(&self) -> bool {
        !self.thing_looked_at && !self.common_name.as_deref().is_some_and(is_own)
    }

    /// Whether the certificate itself has to be read.
    pub const fn wants_subject(&self) -> bool {
        self.serial.is_none()
    }

    /// Takes what another look has told.
    pub fn learn(&mut self, other: &Self) {
        if other.serial.is_some() {
            self.common_name.clone_from(&other.common_name);
            self.serial.clone_from(&other.serial);
        }
        if other.thing_looked_at {
            // A thing that is detached stays what the device was called.
            if other.thing.is_some() {
                self.thing.clone_from(&other.thing);
            }
            self.thing_looked_at = true;
        }
    }

    /// Whether a word, in lower case, is part of its common name or of its thing.
    pub fn contains(&self, word: &str) -> bool {
        let names = [self.common_name.as_deref(), self.thing.as_deref()];
        names.into_iter().flatten().any(|it| contains(it, word))
    }

    /// Whether a word, in lower case, is part of its common name.
    pub fn is_called(&self, word: &str) -> bool {
        self.common_name
            .as_deref()
            .is_some_and(|it| contains(it, word))
    }

    /// Whether its serial number contains these digits, in lower case and without anything between them.
    pub fn is_numbered(&self, digits: &str) -> bool {
        self.serial.as_deref().is_some_and(|it| it.contains(digits))
    }
}

fn is_own(common_name: &str) -> bool {
    !common_name.trim().is_empty() && common_name != OF_EVERYBODY
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(common_name: &str, thing: &str) -> DeviceName {
        let text = |text: &str| Some(text.to_owned()).filter(|it| !it.is_empty());
        DeviceName {
            id: CertificateId::from_bytes([1; 32]),
            common_name: text(common_name),
            serial: Some("0a2f".to_owned()),
            thing: text(thing),
            thing_looked_at: !thing.is_empty(),
        }
    }

    #[test]
    fn a_device_is_called_by_its_own_name_or_by_its_thing() {
        assert_eq!(name("press-7", "thing-7").words(), Some("press-7"));
        assert_eq!(name(OF_EVERYBODY, "thing-7").words(), Some("thing-7"));
        assert_eq!(name("", "thing-7").words(), Some("thing-7"));
        assert_eq!(name(" ", "").words(), None);
        assert!(!name("press-7", "").wants_thing());
        assert!(name(OF_EVERYBODY, "").wants_thing());
        assert!(!name(OF_EVERYBODY, "thing-7").wants_thing());
        assert!(DeviceName::unknown(CertificateId::from_bytes([1; 32])).wants_subject());
    }

    #[test]
    fn it_is_found_by_any_part_whatever_its_case() {
        let device = name("Presse-Ärmel", "Line-7");
        for word in ["presse", "ärmel", "line-7", "e-7", ""] {
            assert!(device.contains(word), "{word}");
        }
        assert!(!device.contains("line-8") && !device.is_called("line"));
        assert!(device.is_numbered("a2f") && !device.is_numbered("ff"));
    }

    #[test]
    fn a_thing_that_was_detached_is_still_the_device_s_name() {
        let mut device = name("", "press-7");
        let mut bare = name("", "");
        bare.thing_looked_at = true;
        device.learn(&bare);
        assert_eq!(device.words(), Some("press-7"));
        device.learn(&name("", "press-8"));
        assert_eq!(device.words(), Some("press-8"));
    }
}
