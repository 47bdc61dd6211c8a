//! Making certificates: real X.509, the same ones on every start.

use std::sync::{Arc, LazyLock};

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey as EcdsaKey};
use p256::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyUsagePurpose, PublicKeyData, SerialNumber,
    SignatureAlgorithm, SigningKey,
};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use crate::simulator::world::clock::Millis;

/// What a certificate's PEM is made of.
#[derive(Clone, Debug)]
pub(in crate::simulator) enum Material {
    /// The PEM itself.
    Pem(Arc<str>),
    /// The number of a certificate of a large fleet, which is made again when it is asked for.
    Bulk(u64),
}

impl Material {
    /// The PEM.
    pub(in crate::simulator) fn pem(&self) -> String {
        match self {
            Self::Pem(pem) => pem.to_string(),
            Self::Bulk(number) => bulk(*number).map_or_else(|_| String::new(), |made| made.pem()),
        }
    }
}

/// A certificate that was made.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Minted {
    /// SHA-256 of the DER encoding, in lower-case hexadecimal.
    pub(in crate::simulator) id: String,
    /// What its PEM is made of.
    pub(in crate::simulator) material: Material,
    /// The beginning and the end of its validity.
    pub(in crate::simulator) validity: (Millis, Millis),
}

/// What a certificate says about its device.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulator) struct Subject<'a> {
    /// The common name. It also decides the key.
    pub(in crate::simulator) name: &'a str,
    /// The organisation.
    pub(in crate::simulator) organization: &'a str,
    /// The serial number.
    pub(in crate::simulator) serial: u64,
    /// The beginning of the validity, to the second.
    pub(in crate::simulator) not_before: Millis,
}

/// How long a certificate is valid: ten years.
const VALIDITY: Millis = 3652 * 86_400_000;

/// The authority all certificates are signed by.
static AUTHORITY: LazyLock<Issuer<'static, Key>> = LazyLock::new(|| {
    let mut params = CertificateParams::default();
    params.distinguished_name = distinguished_name("Certferry Demo CA", "Certferry");
    Issuer::new(params, Key::of("certferry demo authority"))
});

/// What the certificates of a large fleet are signed by.
static STAMP: LazyLock<Issuer<'static, Stamp>> = LazyLock::new(|| {
    let mut params = CertificateParams::default();
    params.distinguished_name = distinguished_name("Certferry Bulk CA", "Certferry");
    let key = Key::of("certferry bulk authority");
    let signature: Signature = key.secret.sign(b"certferry bulk");
    Issuer::new(
        params,
        Stamp {
            public: key.public,
            signature: signature.to_der().as_bytes().to_vec(),
        },
    )
});

/// Makes a device certificate with a key of its own, signed by the demo authority.
///
/// Keys and signatures follow from the subject alone (RFC 6979), so the certificate is the same every time.
pub(in crate::simulator) fn device(subject: Subject<'_>) -> Result<Minted, rcgen::Error> {
    let key = Key::of(&device_label(subject.serial));
    let made = params(subject).signed_by(&key, &AUTHORITY)?;
    let material = Material::Pem(Arc::from(made.pem()));
    Ok(minted(&made, material, subject.not_before))
}

/// The key pair of the device certificate with a serial number: the private key, then the public one, as PEM.
pub(in crate::simulator) fn keys(serial: u64) -> Option<(String, String)> {
    let key = Key::of(&device_label(serial)).secret;
    let private = key.to_pkcs8_pem(LineEnding::LF).ok()?;
    let public = key.verifying_key().to_public_key_pem(LineEnding::LF).ok()?;
    Some((private.as_str().to_owned(), public))
}

fn device_label(serial: u64) -> String {
    format!("certferry demo {serial}")
}

/// What a certificate that was made elsewhere is: the first block of a PEM text.
pub(in crate::simulator) fn read(pem: &str) -> Option<Minted> {
    let (_, block) = x509_parser::pem::parse_x509_pem(pem.as_bytes()).ok()?;
    let certificate = block.parse_x509().ok()?;
    let at = |time: x509_parser::time::ASN1Time| time.timestamp().saturating_mul(1000);
    let validity = certificate.validity();
    Some(Minted {
        id: hex(&Sha256::digest(&block.contents)),
        material: Material::Pem(Arc::from(pem)),
        validity: (at(validity.not_before), at(validity.not_after)),
    })
}

/// The certificate of the authority that the devices' certificates are signed by.
pub(in crate::simulator) fn authority() -> Result<Minted, rcgen::Error> {
    let mut params = params(Subject {
        name: "Certferry Demo CA",
        organization: "Certferry",
        serial: 1,
        not_before: AUTHORITY_NOT_BEFORE,
    });
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.extended_key_usages = Vec::new();
    let made = params.self_signed(&Key::of("certferry demo authority"))?;
    let material = Material::Pem(Arc::from(made.pem()));
    Ok(minted(&made, material, AUTHORITY_NOT_BEFORE))
}

/// 2024-01-01T00:00:00Z.
const AUTHORITY_NOT_BEFORE: Millis = 1_704_067_200_000;

/// Makes a certificate of a large fleet: one key and one signature for all, so that thousands cost little. The
/// signature does not verify. The PEM is not kept.
pub(in crate::simulator) fn device_in_bulk(number: u64) -> Result<Minted, rcgen::Error> {
    let made = bulk(number)?;
    Ok(minted(&made, Material::Bulk(number), BULK_NOT_BEFORE))
}

/// 2025-01-01T00:00:00Z.
const BULK_NOT_BEFORE: Millis = 1_735_689_600_000;

fn bulk(number: u64) -> Result<Certificate, rcgen::Error> {
    let subject = Subject {
        name: &format!("unit-{number:06}"),
        organization: "Fleet Bulk",
        serial: number,
        not_before: BULK_NOT_BEFORE,
    };
    params(subject).signed_by(STAMP.key(), &STAMP)
}

fn minted(made: &Certificate, material: Material, not_before: Millis) -> Minted {
    let not_before = not_before.div_euclid(1000).saturating_mul(1000);
    Minted {
        id: hex(&Sha256::digest(made.der())),
        material,
        validity: (not_before, not_before.saturating_add(VALIDITY)),
    }
}

fn params(subject: Subject<'_>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = distinguished_name(subject.name, subject.organization);
    params.serial_number = Some(SerialNumber::from(subject.serial));
    params.not_before = date(subject.not_before);
    params.not_after = date(subject.not_before.saturating_add(VALIDITY));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

fn distinguished_name(name: &str, organization: &str) -> DistinguishedName {
    let mut full = DistinguishedName::new();
    full.push(DnType::OrganizationName, organization);
    full.push(DnType::CommonName, name);
    full
}

/// Validity has seconds, and a date out of range is no date a fleet has.
fn date(at: Millis) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Bytes in lower-case hexadecimal.
pub(in crate::simulator) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|nibble| DIGITS.get(usize::from(nibble)))
        .map(|digit| char::from(*digit))
        .collect()
}

/// A P-256 key that follows from a label.
struct Key {
    secret: EcdsaKey,
    public: Vec<u8>,
}

impl Key {
    fn of(label: &str) -> Self {
        let mut seed = Sha256::digest(label);
        let secret = loop {
            // All but one in 2^32 digests are a valid scalar.
            match EcdsaKey::from_slice(&seed) {
                Ok(secret) => break secret,
                Err(_) => seed = Sha256::digest(seed),
            }
        };
        let public = secret
            .verifying_key()
            .to_sec1_point(false)
            .as_bytes()
            .to_vec();
        Self { secret, public }
    }
}

impl PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signature: Signature = self.secret.sign(message);
        Ok(signature.to_der().as_bytes().to_vec())
    }
}

/// A key that "signs" everything with the same signature.
struct Stamp {
    public: Vec<u8>,
    signature: Vec<u8>,
}

impl PublicKeyData for Stamp {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for Stamp {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.signature.clone())
    }
}
