//! A certificate's PEM, decoded for people.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use x509_parser::asn1_rs::{Any, Tag};
use x509_parser::prelude::{FromDer, Pem, X509Certificate, parse_x509_pem};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::{RelativeDistinguishedName, X509Name};

use crate::domain::{certificate::description::CertificateId, clock::Timestamp};

/// What a certificate says of itself. All of it is foreign text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedCertificate {
    /// Whose certificate it is.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The issuer's number for it, in hexadecimal pairs.
    pub serial: String,
    /// The kind of its key: `EC P-256`, `RSA 2048`.
    pub key: String,
    /// The signature's algorithm.
    pub signature: String,
    /// From when it is valid.
    pub not_before: Option<Timestamp>,
    /// Until when it is valid.
    pub not_after: Option<Timestamp>,
    /// The SHA-256 of its DER form, lower-case hexadecimal. AWS uses it as the certificate id.
    pub sha256: String,
}

/// Decodes the first certificate of a PEM text.
///
/// # Errors
///
/// A sentence that says what is wrong with the text.
pub fn decode_pem(pem: &str) -> Result<DecodedCertificate, String> {
    let (_, block) = parse_x509_pem(pem.as_bytes()).map_err(|e| format!("not a PEM text: {e}"))?;
    if block.label != "CERTIFICATE" {
        let label = crate::domain::text::visible(&block.label).into_owned();
        return Err(format!("a PEM text, but of a {label}"));
    }
    let (_, certificate) = X509Certificate::from_der(&block.contents)
        .map_err(|e| format!("not a certificate: {e}"))?;
    let moment =
        |t: x509_parser::time::ASN1Time| OffsetDateTime::from_unix_timestamp(t.timestamp());
    let validity = certificate.validity();
    Ok(DecodedCertificate {
        subject: name(certificate.subject()),
        issuer: name(certificate.issuer()),
        serial: certificate.raw_serial_as_string(),
        key: key_kind(&certificate),
        signature: oid_name(&certificate.signature_algorithm.algorithm),
        not_before: moment(validity.not_before).ok(),
        not_after: moment(validity.not_after).ok(),
        sha256: sha256_hex(&block.contents),
    })
}

/// What a certificate says of its device: the common name of its subject, and its serial number, in hexadecimal pairs
/// without anything between them. `None` for what is no certificate. Both are foreign text.
pub fn subject_of(pem: &str) -> Option<(Option<String>, String)> {
    let (_, block) = parse_x509_pem(pem.as_bytes()).ok()?;
    let (_, certificate) = X509Certificate::from_der(&block.contents).ok()?;
    let names = certificate.subject().iter_common_name();
    let common_name = names.map(|it| plain_value(it.attr_value())).next();
    let serial = certificate.raw_serial();
    let mut digits = String::new();
    for byte in serial {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    Some((common_name, digits))
}

/// The text of a part of a name as it is, where it is one; otherwise as [`value`] writes it.
fn plain_value(found: &Any<'_>) -> String {
    let plain = match found.header.tag() {
        Tag::Utf8String => std::str::from_utf8(found.data).ok().map(str::to_owned),
        tag => wide(tag, found.data).or_else(|| {
            let ascii = found.data.is_ascii().then_some(found.data)?;
            String::from_utf8(ascii.to_vec()).ok()
        }),
    };
    plain.unwrap_or_else(|| value(found))
}

/// The ids of the certificates in a PEM text, in its order. What else is in it, keys among it, is passed over.
///
/// # Errors
///
/// What is wrong with the text.
pub fn certificate_ids(pem: &str) -> Result<Vec<CertificateId>, String> {
    let mut ids = Vec::new();
    for block in Pem::iter_from_buffer(pem.as_bytes()) {
        let block = block.map_err(|e| format!("not a PEM text: {e}"))?;
        if block.label == "CERTIFICATE" {
            X509Certificate::from_der(&block.contents)
                .map_err(|e| format!("not a certificate: {e}"))?;
            let digest = Sha256::digest(&block.contents);
            ids.push(CertificateId::from_bytes(digest.into()));
        }
    }
    if ids.is_empty() {
        return Err("there is no certificate in it".to_owned());
    }
    Ok(ids)
}

/// A name as RFC 4514 writes its parts, in the certificate's order. What one of them cannot be read does
/// not hide the others, and none can look as if it were two.
fn name(name: &X509Name<'_>) -> String {
    let part = |part: &RelativeDistinguishedName<'_>| {
        let attributes = part.iter().map(|attribute| {
            let registry = x509_parser::objects::oid_registry();
            let oid = attribute.attr_type();
            let kind = x509_parser::objects::oid2abbrev(oid, registry)
                .map_or_else(|_| oid.to_id_string(), str::to_owned);
            format!("{kind}={}", value(attribute.attr_value()))
        });
        attributes.collect::<Vec<_>>().join(" + ")
    };
    name.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// The value of a part of a name: what can be read of it, the rest as its bytes.
fn value(found: &Any<'_>) -> String {
    let bytes = found.data;
    let mut text = String::new();
    match found.header.tag() {
        Tag::Utf8String => {
            for chunk in bytes.utf8_chunks() {
                chunk.valid().chars().for_each(|c| push(&mut text, c));
                push_bytes(&mut text, chunk.invalid());
            }
        }
        // What a byte beyond ASCII means depends on who wrote it.
        Tag::PrintableString
        | Tag::Ia5String
        | Tag::NumericString
        | Tag::VisibleString
        | Tag::GeneralString
        | Tag::T61String => {
            for byte in bytes {
                if byte.is_ascii() {
                    push(&mut text, char::from(*byte));
                } else {
                    push_bytes(&mut text, &[*byte]);
                }
            }
        }
        tag => match wide(tag, bytes) {
            Some(wide) => wide.chars().for_each(|c| push(&mut text, c)),
            None => return encoded(found),
        },
    }
    at_its_ends(&text)
}

/// The text of a string with two or four bytes a letter.
fn wide(tag: Tag, bytes: &[u8]) -> Option<String> {
    match (tag, bytes.as_chunks::<2>(), bytes.as_chunks::<4>()) {
        (Tag::BmpString, (units, []), _) => {
            let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
            char::decode_utf16(units).collect::<Result<_, _>>().ok()
        }
        (Tag::UniversalString, _, (units, [])) => {
            let units = units.iter().map(|unit| u32::from_be_bytes(*unit));
            units.map(char::from_u32).collect()
        }
        _ => None,
    }
}

/// A letter, escaped where it would end the value or begin another one.
fn push(text: &mut String, c: char) {
    if matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';') {
        text.push('\\');
    }
    text.push(c);
}

/// Bytes that are no letter: `\C3`.
fn push_bytes(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "\\{byte:02X}");
    }
}

/// A value whose blanks at its ends, or a `#` at its beginning, are escaped.
fn at_its_ends(text: &str) -> String {
    let first = match text.chars().next() {
        Some(' ' | '#') => "\\",
        _ => "",
    };
    match text.strip_suffix(' ') {
        // One that is escaped already, or the only letter.
        Some(rest) if rest.is_empty() || rest.ends_with('\\') => format!("{first}{text}"),
        Some(rest) => format!("{first}{rest}\\ "),
        None => format!("{first}{text}"),
    }
}

/// A value that is no text: `#` and its DER encoding.
fn encoded(found: &Any<'_>) -> String {
    let bytes = found.data;
    let length = bytes.len().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut der = vec![u8::try_from(found.header.tag().0).unwrap_or(u8::MAX)];
    match length.as_slice() {
        [] => der.push(0),
        [short @ ..0x80] => der.push(*short),
        // At most eight bytes.
        long => {
            der.push(0x80 | u8::try_from(long.len()).unwrap_or(0));
            der.extend(long);
        }
    }
    der.extend(bytes);
    let mut text = String::from("#");
    for byte in der {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02X}");
    }
    text
}

fn key_kind(certificate: &X509Certificate<'_>) -> String {
    let info = certificate.public_key();
    match info.parsed() {
        Ok(PublicKey::RSA(key)) => format!("RSA {}", key.key_size()),
        Ok(PublicKey::EC(point)) => {
            let curve = info
                .algorithm
                .parameters
                .as_ref()
                .and_then(|p| p.as_oid().ok());
            match curve.map(|oid| oid.to_id_string()).as_deref() {
                Some("1.2.840.10045.3.1.7") => "EC P-256".to_owned(),
                Some("1.3.132.0.34") => "EC P-384".to_owned(),
                Some("1.3.132.0.35") => "EC P-521".to_owned(),
                _ => format!("EC {} bits", point.key_size()),
            }
        }
        _ => oid_name(&info.algorithm.algorithm),
    }
}

/// The usual name of an algorithm, or its number.
fn oid_name(oid: &x509_parser::oid_registry::Oid<'_>) -> String {
    x509_parser::objects::oid2sn(oid, x509_parser::objects::oid_registry())
        .map_or_else(|_| oid.to_id_string(), str::to_owned)
}

fn sha256_hex(bytes: &[u8]) -> String {
    CertificateId::from_bytes(Sha256::digest(bytes).into()).to_string()
}

#[cfg(test)]
mod tests {
    use x509_parser::asn1_rs::{Class, Header, Length};

    use super::*;

    #[test]
    fn what_is_not_a_certificate_says_so() {
        for bad in [
            "",
            "hello",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
            "-----BEGIN CERTIFICATE-----\n\u{1b}[31m\n",
        ] {
            assert!(decode_pem(bad).is_err(), "{bad}");
        }
    }

    /// A value of this ASN.1 type.
    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).unwrap();
        assert!(length < 0x80);
        [&[tag, length], content].concat()
    }

    /// A name whose organisation has this ASN.1 type and these bytes, beside a common name.
    fn subject(tag: u8, bytes: &[u8]) -> String {
        let part = |number: u8, value: &[u8]| {
            let kind = der(0x06, &[0x55, 0x04, number]);
            der(0x31, &der(0x30, &[&*kind, value].concat()))
        };
        let organisation = part(10, &der(tag, bytes));
        let common_name = part(3, &der(0x13, b"press-7"));
        let whole = der(0x30, &[organisation, common_name].concat());
        let (rest, parsed) = X509Name::from_der(&whole).unwrap();
        assert!(rest.is_empty());
        name(&parsed)
    }

    #[test]
    fn what_cannot_be_read_of_a_name_hides_nothing_else() {
        let (utf8, printable, t61, universal, bmp) = (0x0c, 0x13, 0x14, 0x1c, 0x1e);
        for (tag, bytes, shown) in [
            (utf8, "Bäder".as_bytes(), "Bäder"),
            (utf8, b"a\xffb", r"a\FFb"),
            (t61, b"B\xe4der", r"B\E4der"),
            (printable, b"Caf\xe9", r"Caf\E9"),
            (bmp, &[0, b'B', 0x4e, 0x16, 0xd8, 0x3c, 0xdf, 0xed], "B世🏭"),
            (universal, &[0, 0, 0, b'B', 0, 1, 0xf3, 0xed], "B🏭"),
            // Half a letter.
            (bmp, &[0, b'B', 0x4e], "#1E0300424E"),
            (bmp, &[0xd8, 0x3c], "#1E02D83C"),
            (universal, &[0, 0x11, 0, 0], "#1C0400110000"),
            // Bits.
            (0x03, &[0, 1], "#03020001"),
        ] {
            let subject = subject(tag, bytes);
            assert_eq!(subject, format!("O={shown}, CN=press-7"), "{tag}");
        }
    }

    #[test]
    fn a_value_cannot_look_like_two() {
        for (value, shown) in [
            ("dev, O=Evil", r"dev\, O=Evil"),
            ("dev + OU=x", r"dev \+ OU=x"),
            (r#"a "b" \ <c>;"#, r#"a \"b\" \\ \<c\>\;"#),
            (" a ", r"\ a\ "),
            (" ", r"\ "),
            ("#a", r"\#a"),
            (r"\ ", r"\\ "),
        ] {
            let subject = subject(0x0c, value.as_bytes());
            assert_eq!(subject, format!("O={shown}, CN=press-7"), "{value}");
        }
    }

    #[test]
    fn kinds_of_keys_have_names() {
        // Made with OpenSSL for this test, each signed with its own key.
        let file = include_str!("../../../tests/kinds_of_keys.pem");
        let all = file.split_inclusive("-----END CERTIFICATE-----\n");
        let kinds: Vec<String> = all.map(|pem| decode_pem(pem).unwrap().key).collect();
        let wanted = ["RSA 2048", "EC P-384", "EC P-521", "EC 256 bits", "ed25519"];
        assert_eq!(kinds, wanted);
    }

    #[test]
    fn a_value_that_is_long_has_its_length_in_bytes_of_their_own() {
        let content = [0x5a; 300];
        for (length, head) in [(0x7f, "#047F5A"), (0x80, "#0481805A"), (300, "#0482012C5A")] {
            let bytes = &content[..length];
            let header = Header::new(Class::Universal, false, Tag(4), Length::Definite(length));
            let text = encoded(&Any::new(header, bytes));
            assert!(text.starts_with(head), "{text}");
            assert!(text.ends_with(&"5A".repeat(length)), "{text}");
        }
        let header = Header::new(Class::Universal, false, Tag(4), Length::Definite(0));
        assert_eq!(encoded(&Any::new(header, &[])), "#0400");
    }
}
