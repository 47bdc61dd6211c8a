//! Fleets to look at: the demo's, and large ones that only have a size.

mod accounts;
mod devices;
mod policies;
mod transfers;

use std::sync::LazyLock;

use crate::simulator::furnish::setup::{SetupError, registered, thing};
use crate::simulator::handle::Simulator;
use crate::simulator::world::certificate::{PrincipalType, Status, Tie};
use crate::simulator::world::clock::{Clock, Millis};
use crate::simulator::world::location::Location;
use crate::simulator::world::mint::{self, Minted, Subject};
use crate::simulator::world::{Authority, Place, Policy, ThingType, World};
pub use accounts::Accounts;
use accounts::FIRST;
use devices::{Device, devices};

/// The demo's devices and their certificates. Made once in a process, however many demos there are.
static MINTED: LazyLock<Vec<(Device, Result<Minted, String>)>> = LazyLock::new(|| {
    devices()
        .into_iter()
        .map(|device| {
            let minted = mint::device(Subject {
                name: &device.name,
                organization: device.organization,
                serial: device.serial,
                not_before: device.created,
            })
            .map_err(|error| error.to_string());
            (device, minted)
        })
        .collect()
});

/// A large fleet in one account.
///
/// Its certificates are real X.509 with ids that fit, but share one key and one signature, which does not verify;
/// so thousands of them cost little.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fleet {
    /// The account that owns it.
    pub account: String,
    /// How many certificates.
    pub certificates: usize,
    /// The number of the first one; fleets in one world need ranges that do not overlap.
    pub first: u64,
    /// The status of all; mixed, mostly active, if none is given.
    pub status: Option<Status>,
    /// How many policies each has, at most 10.
    pub policies: usize,
    /// How many things each has.
    pub things: usize,
}

impl Fleet {
    /// A fleet of mixed status with one policy and one thing each.
    pub fn new(account: &str, certificates: usize) -> Self {
        Self {
            account: account.to_owned(),
            certificates,
            first: 0,
            status: None,
            policies: 1,
            things: 1,
        }
    }
}

impl Simulator {
    /// The demo: the accounts `111122223333` and `444455556666` with 240 certificates in `us-east-1`, policies,
    /// things and transfers in every phase. The same on every start; only the clock is the computer's.
    pub fn demo() -> Self {
        Self::demo_at(Clock::System)
    }

    /// The demo with another clock.
    pub fn demo_at(clock: Clock) -> Self {
        Self::demo_between(clock, &Accounts::default())
    }

    /// The demo with another clock and other accounts. Their certificates are the same.
    pub fn demo_between(clock: Clock, accounts: &Accounts) -> Self {
        let simulator = Self::new(clock);
        simulator.furnish_demo(accounts);
        simulator
    }

    /// Puts what the demo has into a world without accounts.
    pub fn furnish_demo(&self, accounts: &Accounts) {
        // This is what takes long.
        LazyLock::force(&MINTED);
        furnish(&mut self.lock(), accounts);
    }

    /// The demo's two accounts, the first of which has a large fleet and the second nothing.
    ///
    /// # Errors
    /// [`SetupError::NotMade`] if a certificate could not be made.
    pub fn with_fleet(clock: Clock, certificates: usize) -> Result<Self, SetupError> {
        Self::with_fleet_between(clock, &Accounts::default(), certificates)
    }

    /// The same with other accounts.
    ///
    /// # Errors
    /// [`SetupError::NotMade`] if a certificate could not be made.
    pub fn with_fleet_between(
        clock: Clock,
        accounts: &Accounts,
        certificates: usize,
    ) -> Result<Self, SetupError> {
        let simulator = Self::new(clock);
        simulator.create_account(&accounts.source);
        simulator.create_account(&accounts.recipient);
        simulator.add_fleet(&Fleet::new(&accounts.source, certificates))?;
        Ok(simulator)
    }

    /// Registers a large fleet, one certificate a minute; answers the ids, oldest first.
    ///
    /// # Errors
    /// [`SetupError::NotMade`] if a certificate could not be made.
    pub fn add_fleet(&self, fleet: &Fleet) -> Result<Vec<String>, SetupError> {
        let at = self.location(&fleet.account);
        let mut world = self.lock();
        world.account(&fleet.account);
        let policies: Vec<String> = (1..=fleet.policies)
            .map(|number| format!("fleet-policy-{number}"))
            .collect();
        for name in &policies {
            let policy = Policy::new(policies::connect(&at).to_string(), FIRST);
            world.place(&at).policies.insert(name.clone(), policy);
        }
        let mut ids = Vec::with_capacity(fleet.certificates);
        for (nth, number) in (fleet.first..).take(fleet.certificates).enumerate() {
            let minted = mint::device_in_bulk(number)
                .map_err(|error| SetupError::NotMade(error.to_string()))?;
            let minute = Millis::try_from(nth).unwrap_or(Millis::MAX);
            let created = FIRST.saturating_add(minute.saturating_mul(60_000));
            let status = fleet.status.unwrap_or(match nth % 10 {
                7 => Status::Inactive,
                9 => Status::Revoked,
                _ => Status::Active,
            });
            let mut certificate = registered(minted, status, created);
            certificate.policies = policies.iter().map(|name| (name.clone(), None)).collect();
            for nth in 0..fleet.things {
                let name = if nth == 0 {
                    format!("unit-{number:06}")
                } else {
                    format!("unit-{number:06}-{nth}")
                };
                certificate.things.insert(name.clone(), TIE);
                let thing = thing(Some("Unit"), &[]);
                world.place(&at).things.insert(name, thing);
            }
            ids.push(certificate.id.clone());
            world.register(&at, certificate);
        }
        let types = &mut world.place(&at).types;
        types.insert("Unit".to_owned(), ThingType::new(FIRST));
        Ok(ids)
    }
}

impl Place {
    /// Puts a thing of the demo into the group of its line, and into that of its site, which is under the group
    /// of all plants.
    fn put_into_groups(&mut self, device: &Device, thing: &str) {
        let line = format!("line-{}", device.line);
        let line = self.groups.entry(line).or_default();
        line.things.insert(thing.to_owned());
        let plants = self.groups.entry("plants".to_owned()).or_default();
        plants.policies.insert("plant-time".to_owned());
        let group = self.groups.entry(device.site.to_owned()).or_default();
        group.parent = Some("plants".to_owned());
        group.policies.insert("site-alarms".to_owned());
        group.things.insert(thing.to_owned());
        for group in self.groups.values_mut() {
            group.created = FIRST;
        }
    }
}

/// How a thing of a large fleet is attached.
const TIE: Tie = Tie {
    kind: PrincipalType::NonExclusiveThing,
    gone_at: None,
};

/// Where the demo takes place.
fn place_of(account: &str) -> Location {
    Location {
        account: account.to_owned(),
        region: crate::simulator::handle::DEFAULT_REGION.to_owned(),
    }
}

fn furnish(world: &mut World, accounts: &Accounts) {
    for account in [&accounts.source, &accounts.recipient] {
        world.account(account);
        let at = place_of(account);
        let elsewhere = account == &accounts.recipient;
        for (name, document) in policies::all(&at, elsewhere) {
            let policy = Policy::new(document.to_string(), FIRST);
            world.place(&at).policies.insert(name.to_owned(), policy);
        }
        for (name, document) in policies::drafts(&at) {
            if let Some(policy) = world.place(&at).policies.get_mut(name) {
                policy.add(document.to_string(), FIRST);
            }
        }
    }
    let authority = mint::authority().ok();
    for (device, minted) in MINTED.iter() {
        // None fails: a test counts them.
        let Ok(minted) = minted else { continue };
        let at = place_of(accounts.number(device.account));
        let mut certificate = registered(minted.clone(), device.status, device.created);
        certificate.policies = device
            .policies
            .iter()
            .map(|name| ((*name).to_owned(), None))
            .collect();
        for (name, kind) in &device.things {
            let tie = Tie {
                kind: *kind,
                gone_at: None,
            };
            certificate.things.insert(name.clone(), tie);
            let attributes = [
                ("site", device.site),
                ("line", device.line),
                ("firmware", device.firmware),
            ];
            let thing = thing(Some(device.type_name), &attributes);
            let place = world.place(&at);
            place.things.insert(name.clone(), thing);
            place.put_into_groups(device, name);
            let used = device.status == Status::Active;
            if used {
                let shadows = place.shadows.entry(name.clone()).or_default();
                shadows.insert(String::new());
                shadows.extend((device.number % 3 == 0).then(|| "config".to_owned()));
            }
            let index = place.index.get_or_insert_default();
            index.insert(name.clone(), used && device.number % 5 != 3);
        }
        let place = world.place(&at);
        let thing_type = || ThingType::new(FIRST);
        let types = place.types.entry(device.type_name.to_owned());
        types.or_insert_with(thing_type);
        if let Some(authority) = authority.as_ref().filter(|_| device.is_of_own_ca()) {
            let registered = || Authority::new(authority, true, FIRST);
            let authorities = place.authorities.entry(authority.id.clone());
            authorities.or_insert_with(registered);
            certificate.ca = Some(authority.id.clone());
        }
        let id = certificate.id.clone();
        world.register(&at, certificate);
        transfers::play(world, accounts, device, &at, &id);
    }
}
