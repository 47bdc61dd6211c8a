//! Thing groups, types, authorities, and what is connected.

use crate::simulator::furnish::setup::SetupError;
use crate::simulator::handle::Simulator;
use crate::simulator::world::{Authority, ThingType, mint};

impl Simulator {
    /// Creates a thing group, under another one when a parent is named.
    pub fn create_thing_group(&self, account: &str, name: &str, parent: Option<&str>) {
        let mut world = self.lock();
        let created = world.clock.now();
        let place = world.place(&self.location(account));
        let group = place.groups.entry(name.to_owned()).or_default();
        group.parent = parent.map(str::to_owned);
        group.created = created;
    }

    /// Puts a thing into a group, which is created if need be.
    pub fn put_into_group(&self, account: &str, group: &str, thing: &str) {
        let mut world = self.lock();
        let place = world.place(&self.location(account));
        let group = place.groups.entry(group.to_owned()).or_default();
        group.things.insert(thing.to_owned());
    }

    /// Creates a thing type.
    pub fn create_thing_type(&self, account: &str, name: &str) {
        let mut world = self.lock();
        let new = ThingType::new(world.clock.now());
        let place = world.place(&self.location(account));
        place.types.insert(name.to_owned(), new);
    }

    /// Registers the authority that all certificates are signed by, and says that a certificate was registered
    /// with it. Answers the authority's id.
    ///
    /// # Errors
    /// [`SetupError::NotMade`] if its certificate could not be made.
    pub fn register_ca(
        &self,
        account: &str,
        registers: bool,
        certificates: &[&str],
    ) -> Result<String, SetupError> {
        let made = mint::authority().map_err(|error| SetupError::NotMade(error.to_string()))?;
        let mut world = self.lock();
        let authority = Authority::new(&made, registers, world.clock.now());
        let id = made.id;
        let place = world.place(&self.location(account));
        place.authorities.insert(id.clone(), authority);
        for certificate in certificates {
            if let Some(it) = place.certificates.get_mut(*certificate) {
                it.ca = Some(id.clone());
            }
        }
        Ok(id)
    }

    /// Indexes the fleet with connectivity, and says which things are connected and which are not.
    pub fn index(&self, account: &str, things: &[(&str, bool)]) {
        let mut world = self.lock();
        let place = world.place(&self.location(account));
        let index = place.index.get_or_insert_default();
        index.extend(things.iter().map(|(name, is)| ((*name).to_owned(), *is)));
    }

    /// Gives a thing shadows by their names; the classic one is named "".
    pub fn add_shadows(&self, account: &str, thing: &str, names: &[&str]) {
        let mut world = self.lock();
        let place = world.place(&self.location(account));
        let shadows = place.shadows.entry(thing.to_owned()).or_default();
        shadows.extend(names.iter().map(|name| (*name).to_owned()));
    }

    /// Attaches a policy to a group, which is created if need be.
    pub fn attach_policy_to_group(&self, account: &str, group: &str, policy: &str) {
        let mut world = self.lock();
        let place = world.place(&self.location(account));
        let group = place.groups.entry(group.to_owned()).or_default();
        group.policies.insert(policy.to_owned());
    }
}
