//! Furnishing the world from outside the API.

use serde_json::Value;

use crate::simulator::handle::Simulator;
use crate::simulator::world::certificate::{Certificate, PrincipalType, Status, Tie};
use crate::simulator::world::clock::Millis;
use crate::simulator::world::keys::AccessKey;
use crate::simulator::world::location::Location;
use crate::simulator::world::mint::{self, Minted, Subject};
use crate::simulator::world::{Place, Policy, Thing};

/// A certificate to be registered. It is made on the spot; the same description gives the same certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCertificate {
    name: String,
    organization: String,
    serial: u64,
    status: Status,
    created: Option<Millis>,
}

impl NewCertificate {
    /// An active certificate of a device, registered now. The serial number decides its key.
    pub fn new(name: &str, serial: u64) -> Self {
        Self {
            name: name.to_owned(),
            organization: "Fleet Test".to_owned(),
            serial,
            status: Status::Active,
            created: None,
        }
    }

    /// With another status.
    pub fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// With another organisation.
    pub fn organization(mut self, organization: &str) -> Self {
        organization.clone_into(&mut self.organization);
        self
    }

    /// Registered at another time, in milliseconds since the Unix epoch.
    pub fn created(mut self, created: i64) -> Self {
        self.created = Some(created);
        self
    }
}

/// Why the world could not be furnished like that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The account has no such certificate.
    #[error("no certificate {0}")]
    NoCertificate(String),
    /// The account has no such policy.
    #[error("no policy {0}")]
    NoPolicy(String),
    /// The account has no such thing.
    #[error("no thing {0}")]
    NoThing(String),
    /// The certificate could not be made.
    #[error("the certificate could not be made: {0}")]
    NotMade(String),
}

impl Simulator {
    /// Creates an account, 12 digits, and answers the credentials of its user. Creating it again changes nothing.
    pub fn create_account(&self, account: &str) -> AccessKey {
        let mut world = self.lock();
        world.account(account);
        let at = self.location(account);
        world.place(&at);
        AccessKey::of(account)
    }

    /// Makes and registers a certificate; answers its id.
    ///
    /// # Errors
    /// [`SetupError::NotMade`] if the description cannot be encoded.
    pub fn add_certificate(
        &self,
        account: &str,
        new: &NewCertificate,
    ) -> Result<String, SetupError> {
        let mut world = self.lock();
        let created = new.created.unwrap_or_else(|| world.clock.now());
        let minted = mint::device(Subject {
            name: &new.name,
            organization: &new.organization,
            serial: new.serial,
            not_before: created,
        })
        .map_err(|error| SetupError::NotMade(error.to_string()))?;
        let certificate = registered(minted, new.status, created);
        let id = certificate.id.clone();
        world.account(account);
        world.register(&self.location(account), certificate);
        Ok(id)
    }

    /// Creates a policy with a JSON document.
    pub fn create_policy(&self, account: &str, name: &str, document: &Value) {
        let mut world = self.lock();
        let created = world.clock.now();
        world.account(account);
        world
            .place(&self.location(account))
            .policies
            .insert(name.to_owned(), Policy::new(document.to_string(), created));
    }

    /// Adds a version to a policy that exists. It does not count.
    pub fn add_policy_version(&self, account: &str, name: &str, document: &Value) {
        let mut world = self.lock();
        let now = world.clock.now();
        let place = world.place(&self.location(account));
        if let Some(policy) = place.policies.get_mut(name) {
            policy.add(document.to_string(), now);
        }
    }

    /// Creates a thing.
    pub fn create_thing(
        &self,
        account: &str,
        name: &str,
        type_name: Option<&str>,
        attributes: &[(&str, &str)],
    ) {
        let mut world = self.lock();
        world.account(account);
        world
            .place(&self.location(account))
            .things
            .insert(name.to_owned(), thing(type_name, attributes));
    }

    /// Deletes a policy and detaches it from everything, without asking whether the API would.
    pub fn delete_policy(&self, account: &str, name: &str) {
        let mut world = self.lock();
        let place = world.place(&self.location(account));
        place.policies.remove(name);
        for certificate in place.certificates.values_mut() {
            certificate.policies.remove(name);
        }
    }

    /// Deletes a certificate, without asking whether the API would.
    pub fn delete_certificate(&self, account: &str, id: &str) {
        let mut world = self.lock();
        let place = world.place(&self.location(account));
        place.certificates.remove(id);
    }

    /// Deletes a thing and detaches it from everything, without asking whether the API would.
    pub fn delete_thing(&self, account: &str, name: &str) {
        let mut world = self.lock();
        let place = world.place(&self.location(account));
        place.things.remove(name);
        for certificate in place.certificates.values_mut() {
            certificate.things.remove(name);
        }
    }

    /// Detaches a policy; one that is not attached stays so.
    pub fn detach_policy(&self, account: &str, id: &str, policy: &str) {
        let mut world = self.lock();
        let place = world.place(&self.location(account));
        if let Some(certificate) = place.certificates.get_mut(id) {
            certificate.policies.remove(policy);
        }
    }

    /// Attaches a policy, without asking whether the API would.
    ///
    /// # Errors
    /// If there is no such policy or certificate.
    pub fn attach_policy(&self, account: &str, id: &str, policy: &str) -> Result<(), SetupError> {
        let mut world = self.lock();
        let place = world.place(&self.location(account));
        if !place.policies.contains_key(policy) {
            return Err(SetupError::NoPolicy(policy.to_owned()));
        }
        let certificate = certificate(place, id)?;
        certificate.policies.insert(policy.to_owned(), None);
        Ok(())
    }

    /// Attaches a thing, without asking whether the API would.
    ///
    /// # Errors
    /// If there is no such thing or certificate.
    pub fn attach_thing(
        &self,
        account: &str,
        id: &str,
        thing: &str,
        kind: PrincipalType,
    ) -> Result<(), SetupError> {
        let mut world = self.lock();
        let place = world.place(&self.location(account));
        if !place.things.contains_key(thing) {
            return Err(SetupError::NoThing(thing.to_owned()));
        }
        let tie = Tie {
            kind,
            gone_at: None,
        };
        certificate(place, id)?.things.insert(thing.to_owned(), tie);
        Ok(())
    }

    /// Offers a certificate to another account, without asking whether the API would.
    ///
    /// # Errors
    /// If there is no such certificate.
    pub fn offer(
        &self,
        account: &str,
        id: &str,
        target: &str,
        message: Option<&str>,
    ) -> Result<(), SetupError> {
        let mut world = self.lock();
        let at = self.location(account);
        certificate(world.place(&at), id)?;
        let now = world.clock.now();
        world.offer(&at, id, target, message.map(str::to_owned), now);
        Ok(())
    }

    /// An account's place in this handle's region.
    pub(in crate::simulator) fn location(&self, account: &str) -> Location {
        Location {
            account: account.to_owned(),
            region: self.region.to_string(),
        }
    }
}

/// A certificate with nothing attached.
pub(in crate::simulator) fn registered(
    minted: Minted,
    status: Status,
    created: Millis,
) -> Certificate {
    Certificate {
        id: minted.id,
        material: minted.material,
        created,
        modified: created,
        validity: minted.validity,
        status,
        ca: None,
        previous_owner: None,
        policies: std::collections::BTreeMap::new(),
        things: std::collections::BTreeMap::new(),
        transfer: None,
    }
}

/// A thing with text attributes.
pub(in crate::simulator) fn thing(type_name: Option<&str>, attributes: &[(&str, &str)]) -> Thing {
    Thing {
        type_name: type_name.map(str::to_owned),
        attributes: attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
            .collect(),
    }
}

fn certificate<'a>(place: &'a mut Place, id: &str) -> Result<&'a mut Certificate, SetupError> {
    place
        .certificates
        .get_mut(id)
        .ok_or_else(|| SetupError::NoCertificate(id.to_owned()))
}
