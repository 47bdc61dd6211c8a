//! A certificate's PEM, decoded for people.

use time::OffsetDateTime;
use x509_parser::prelude::{FromDer, X509Certificate, parse_x509_pem};
use x509_parser::public_key::PublicKey;

use super::Timestamp;

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
        let label = super::text::visible(&block.label).into_owned();
        return Err(format!("a PEM text, but of a {label}"));
    }
    let (_, certificate) = X509Certificate::from_der(&block.contents)
        .map_err(|e| format!("not a certificate: {e}"))?;
    let moment =
        |t: x509_parser::time::ASN1Time| OffsetDateTime::from_unix_timestamp(t.timestamp());
    let validity = certificate.validity();
    Ok(DecodedCertificate {
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        serial: certificate.raw_serial_as_string(),
        key: key_kind(&certificate),
        signature: oid_name(&certificate.signature_algorithm.algorithm),
        not_before: moment(validity.not_before).ok(),
        not_after: moment(validity.not_after).ok(),
        sha256: sha256_hex(&block.contents),
    })
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
    use sha2::{Digest, Sha256};
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    super::CertificateId::from_bytes(digest).to_string()
}

#[cfg(test)]
mod tests {
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
}
