//! What people call the device of a certificate.

use std::fmt::Write as _;

use crate::domain::{certificate::description::CertificateId, clock::Timestamp, text::contains};

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
    /// Until when the certificate is valid, which never changes.
    pub expires: Expiry,
}

/// Until when a certificate is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// It was not asked.
    NotAsked,
    /// AWS does not say it, and the certificate cannot be read.
    NotSaid,
    /// Until then.
    At(Timestamp),
}

/// The serial number of a certificate, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serial<'a> {
    /// Hexadecimal digits in lower case, or what stands in their place. Foreign text.
    Text(&'a str),
    /// Two digits a byte.
    Bytes(&'a [u8]),
}

/// The same as [`DeviceName`], wherever it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceView<'a> {
    /// The common name of its subject. Foreign text.
    pub common_name: Option<&'a str>,
    /// Its serial number.
    pub serial: Option<Serial<'a>>,
    /// The thing that it had when that was last looked at. Foreign text.
    pub thing: Option<&'a str>,
    /// Whether it was looked at whether it has one.
    pub thing_looked_at: bool,
    /// Until when the certificate is valid.
    pub expires: Expiry,
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
            expires: Expiry::NotAsked,
        }
    }

    /// The same, by reference.
    pub fn view(&self) -> DeviceView<'_> {
        DeviceView {
            common_name: self.common_name.as_deref(),
            serial: self.serial.as_deref().map(Serial::Text),
            thing: self.thing.as_deref(),
            thing_looked_at: self.thing_looked_at,
            expires: self.expires,
        }
    }

    /// See [`DeviceView::words`].
    pub fn words(&self) -> Option<&str> {
        self.view().words()
    }

    /// See [`DeviceView::wants_thing`].
    pub fn wants_thing(&self) -> bool {
        self.view().wants_thing()
    }

    /// See [`DeviceView::wants_subject`].
    pub fn wants_subject(&self) -> bool {
        self.view().wants_subject()
    }

    /// Takes what another look has told.
    pub fn learn(&mut self, other: &Self) {
        if other.serial.is_some() {
            self.common_name.clone_from(&other.common_name);
            self.serial.clone_from(&other.serial);
        }
        if other.expires != Expiry::NotAsked {
            self.expires = other.expires;
        }
        if other.thing_looked_at {
            // A thing that is detached stays what the device was called.
            if other.thing.is_some() {
                self.thing.clone_from(&other.thing);
            }
            self.thing_looked_at = true;
        }
    }
}

impl<'a> DeviceView<'a> {
    /// The same of a certificate, by itself.
    pub fn owned(&self, id: CertificateId) -> DeviceName {
        let text = |text: &str| text.to_owned();
        DeviceName {
            id,
            common_name: self.common_name.map(text),
            serial: self.serial.map(|serial| match serial {
                Serial::Text(digits) => digits.to_owned(),
                Serial::Bytes(bytes) => {
                    let mut digits = String::new();
                    for byte in bytes {
                        // Writing to a String cannot fail.
                        let _ = write!(digits, "{byte:02x}");
                    }
                    digits
                }
            }),
            thing: self.thing.map(text),
            thing_looked_at: self.thing_looked_at,
            expires: self.expires,
        }
    }

    /// The common name, unless all certificates have the same one; otherwise the thing.
    pub fn words(&self) -> Option<&'a str> {
        let own = self.common_name.filter(|it| is_own(it));
        own.or(self.thing)
    }

    /// Whether the thing has to be asked for to know what it is called.
    pub fn wants_thing(&self) -> bool {
        !self.thing_looked_at && !self.common_name.is_some_and(is_own)
    }

    /// Whether the certificate itself has to be read: for its subject, or for the end of its validity, which earlier
    /// versions did not keep.
    pub fn wants_subject(&self) -> bool {
        self.serial.is_none() || self.expires == Expiry::NotAsked
    }

    /// Whether nothing more can be learned of what it is called.
    pub fn is_named(&self) -> bool {
        self.serial.is_some() && !self.wants_thing()
    }

    /// Whether a word, in lower case, is part of its common name or of its thing.
    pub fn contains(&self, word: &str) -> bool {
        let names = [self.common_name, self.thing];
        names.into_iter().flatten().any(|it| contains(it, word))
    }

    /// Whether a word, in lower case, is part of its common name.
    pub fn is_called(&self, word: &str) -> bool {
        self.common_name.is_some_and(|it| contains(it, word))
    }

    /// Whether its serial number contains these digits, in lower case and without anything between them.
    pub fn is_numbered(&self, digits: &str) -> bool {
        match self.serial {
            None => false,
            Some(Serial::Text(text)) => text.contains(digits),
            Some(Serial::Bytes(bytes)) => {
                let wanted = digits.as_bytes();
                let all = bytes.len().saturating_mul(2);
                let last = all.checked_sub(wanted.len());
                let digit = |at: usize| {
                    let byte = bytes.get(at / 2).copied().unwrap_or_default();
                    let half = if at.is_multiple_of(2) {
                        byte >> 4
                    } else {
                        byte & 0xf
                    };
                    char::from_digit(u32::from(half), 16)
                };
                let stands = |from: usize| {
                    let mut wanted = (from..).zip(wanted);
                    wanted.all(|(at, it)| digit(at) == Some(char::from(*it)))
                };
                last.is_some_and(|last| (0..=last).any(stands))
            }
        }
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
            expires: Expiry::NotSaid,
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
            assert!(device.view().contains(word), "{word}");
        }
        let view = device.view();
        assert!(!view.contains("line-8") && !view.is_called("line"));
        let bytes = DeviceView {
            serial: Some(Serial::Bytes(&[0x0a, 0x2f])),
            ..view
        };
        for view in [view, bytes] {
            for digits in ["", "0", "a2", "2f", "0a2f"] {
                assert!(view.is_numbered(digits), "{digits}");
            }
            for digits in ["ff", "0a2f0", "f0", "é"] {
                assert!(!view.is_numbered(digits), "{digits}");
            }
        }
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
