//! Thing groups.

use crate::simulator::handle::Simulator;

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

    /// Attaches a policy to a group, which is created if need be.
    pub fn attach_policy_to_group(&self, account: &str, group: &str, policy: &str) {
        let mut world = self.lock();
        let place = world.place(&self.location(account));
        let group = place.groups.entry(group.to_owned()).or_default();
        group.policies.insert(policy.to_owned());
    }
}
