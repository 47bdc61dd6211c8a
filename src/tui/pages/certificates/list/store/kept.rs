//! What is kept of what devices are called: the texts of all one after the other, since there may be a million.

use crate::domain::{DeviceName, DeviceView, Expiry, Serial, Timestamp};

/// So many bytes are had at once.
const BLOCK: u32 = 1 << 16;

/// The longest text that is kept, in characters: as in `names.db`. A record of three fits into a block.
const LONGEST: usize = 256;

const COMMON_NAME: u8 = 1;
const SERIAL: u8 = 1 << 1;
/// The serial number is kept as bytes.
const BYTES: u8 = 1 << 2;
const THING: u8 = 1 << 3;
const LOOKED_AT: u8 = 1 << 4;
const EXPIRES: u8 = 1 << 5;
const NOT_SAID: u8 = 1 << 6;

/// The names of devices. Nothing is ever changed in it, so that what is being sorted can rely on it; what is not used any
/// more stays, which is little: a name is learned once.
#[derive(Debug, Default)]
pub(in crate::tui::pages::certificates::list) struct KeptNames {
    blocks: Vec<Vec<u8>>,
}

impl KeptNames {
    /// Keeps what is known of a device. Answers with where; 0 when there is no room for any more.
    pub(in crate::tui::pages::certificates::list) fn keep(&mut self, name: &DeviceName) -> u32 {
        let record = record(name);
        let full = self
            .blocks
            .last()
            .is_none_or(|it| it.len().saturating_add(record.len()) > size(BLOCK));
        if full {
            self.blocks.push(Vec::with_capacity(size(BLOCK)));
        }
        let last = u32::try_from(self.blocks.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let Some(block) = self.blocks.last_mut() else {
            return 0;
        };
        let within = u32::try_from(block.len()).unwrap_or(u32::MAX);
        let at = last
            .checked_mul(BLOCK)
            .and_then(|at| at.checked_add(within)?.checked_add(1));
        if at.is_some() {
            block.extend(record);
        }
        at.unwrap_or(0)
    }

    /// Whether exactly this is kept there.
    pub(in crate::tui::pages::certificates::list) fn says(
        &self,
        at: u32,
        name: &DeviceName,
    ) -> bool {
        let record = record(name);
        let kept = self.bytes(at).and_then(|bytes| bytes.get(..record.len()));
        kept == Some(record.as_slice())
    }

    /// What is kept from there on.
    fn bytes(&self, at: u32) -> Option<&[u8]> {
        let at = at.checked_sub(1)?;
        let block = self.blocks.get(size(at / BLOCK))?;
        block.get(size(at % BLOCK)..)
    }

    /// What is kept there.
    pub(in crate::tui::pages::certificates::list) fn get(&self, at: u32) -> Option<DeviceView<'_>> {
        let mut rest = self.bytes(at)?;
        let [is] = *take(&mut rest, 1)? else {
            return None;
        };
        let expires = if is & EXPIRES != 0 {
            let seconds = take(&mut rest, 8)?.try_into().ok()?;
            Timestamp::from_unix_timestamp(i64::from_le_bytes(seconds))
                .map_or(Expiry::NotSaid, Expiry::At)
        } else if is & NOT_SAID != 0 {
            Expiry::NotSaid
        } else {
            Expiry::NotAsked
        };
        let mut bytes = |part: u8| (is & part != 0).then(|| sized(&mut rest)).flatten();
        let common_name = bytes(COMMON_NAME);
        let serial = bytes(SERIAL);
        let thing = bytes(THING);
        let text = |bytes| str::from_utf8(bytes).ok();
        Some(DeviceView {
            common_name: common_name.and_then(text),
            serial: serial.and_then(|serial| {
                if is & BYTES != 0 {
                    Some(Serial::Bytes(serial))
                } else {
                    text(serial).map(Serial::Text)
                }
            }),
            thing: thing.and_then(text),
            thing_looked_at: is & LOOKED_AT != 0,
            expires,
        })
    }
}

fn size(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

fn take<'a>(rest: &mut &'a [u8], n: usize) -> Option<&'a [u8]> {
    let (taken, behind) = rest.split_at_checked(n)?;
    *rest = behind;
    Some(taken)
}

/// What stands behind its length.
fn sized<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let [low, high] = *take(rest, 2)? else {
        return None;
    };
    take(rest, usize::from(u16::from_le_bytes([low, high])))
}

fn record(name: &DeviceName) -> Vec<u8> {
    let short = |text: &Option<String>| -> Option<Vec<u8>> {
        let text = text.as_ref()?;
        let end = text
            .char_indices()
            .nth(LONGEST)
            .map_or(text.len(), |it| it.0);
        text.as_bytes().get(..end).map(<[u8]>::to_vec)
    };
    let packed = name.serial.as_deref().and_then(packed);
    let is_packed = packed.is_some();
    let parts = [
        (COMMON_NAME, short(&name.common_name)),
        (SERIAL, packed.or_else(|| short(&name.serial))),
        (THING, short(&name.thing)),
    ];
    let mut is = if is_packed { BYTES } else { 0 };
    if name.thing_looked_at {
        is |= LOOKED_AT;
    }
    is |= match name.expires {
        Expiry::NotAsked => 0,
        Expiry::NotSaid => NOT_SAID,
        Expiry::At(_) => EXPIRES,
    };
    for (part, bytes) in &parts {
        if bytes.is_some() {
            is |= part;
        }
    }
    let mut record = vec![is];
    if let Expiry::At(at) = name.expires {
        record.extend(at.unix_timestamp().to_le_bytes());
    }
    for bytes in parts.into_iter().filter_map(|(_, bytes)| bytes) {
        // 256 characters have at most 1,024 bytes.
        let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        record.extend(length.to_le_bytes());
        record.extend(bytes);
    }
    record
}

/// Pairs of hexadecimal digits in lower case, as bytes.
fn packed(serial: &str) -> Option<Vec<u8>> {
    let digit = |c: &u8| {
        let upper = c.is_ascii_uppercase();
        char::from(*c).to_digit(16).filter(|_| !upper)
    };
    let pair = |pair: &[u8]| {
        let [high, low] = pair else {
            return None;
        };
        u8::try_from(digit(high)? << 4 | digit(low)?).ok()
    };
    let fits = serial.len() <= LONGEST && serial.len().is_multiple_of(2);
    let pairs = serial.as_bytes().chunks(2);
    fits.then(|| pairs.map(pair).collect()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CertificateId;

    fn name(common_name: Option<&str>, serial: Option<&str>, thing: Option<&str>) -> DeviceName {
        let text = |text: Option<&str>| text.map(str::to_owned);
        DeviceName {
            common_name: text(common_name),
            serial: text(serial),
            thing: text(thing),
            ..DeviceName::unknown(CertificateId::from_bytes([1; 32]))
        }
    }

    #[test]
    fn what_is_kept_comes_back() {
        let mut kept = KeptNames::default();
        let expiries = [
            Expiry::NotAsked,
            Expiry::NotSaid,
            Expiry::At(Timestamp::UNIX_EPOCH),
        ];
        let mut all = Vec::new();
        for serial in [
            None,
            Some(""),
            Some("0a2f"),
            Some("abc"),
            Some("AA"),
            Some("zz"),
        ] {
            for (expires, looked_at) in expiries.into_iter().zip([true, false, true]) {
                for (common_name, thing) in [
                    (Some("press\u{1b}[2J Ä"), None),
                    (None, Some("line-7")),
                    (Some(""), Some("x")),
                ] {
                    let mut name = name(common_name, serial, thing);
                    (name.expires, name.thing_looked_at) = (expires, looked_at);
                    all.push((kept.keep(&name), name));
                }
            }
        }
        for (at, name) in &all {
            let view = kept.get(*at).unwrap();
            assert_eq!(view.owned(name.id).serial, name.serial);
            let serial = name.view().serial;
            assert_eq!(DeviceView { serial, ..view }, name.view());
        }
        assert_eq!(kept.get(0), None);
        assert_eq!(kept.get(u32::MAX), None);
    }

    #[test]
    fn a_device_takes_few_bytes_and_a_hostile_one_not_many() {
        let usual = name(Some("press-line-007"), Some(&"0a".repeat(20)), None);
        assert!(record(&usual).len() < 48, "{}", record(&usual).len());
        let long = "\u{1f600}".repeat(5_000);
        let hostile = name(Some(&long), Some(&long), Some(&long));
        assert!(record(&hostile).len() < size(BLOCK) / 16);
        let mut kept = KeptNames::default();
        let places: Vec<u32> = (0..100).map(|_| kept.keep(&hostile)).collect();
        for at in places {
            let view = kept.get(at).unwrap();
            assert_eq!(view.thing.unwrap().chars().count(), LONGEST);
        }
    }
}
