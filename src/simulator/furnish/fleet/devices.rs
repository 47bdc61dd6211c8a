//! The demo's devices: what they are called, where they stand, and what their certificates have.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::accounts::{EU, FIRST, PROD};
use crate::simulator::world::certificate::{PrincipalType, Status};
use crate::simulator::world::clock::Millis;

/// A device with one certificate.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Device {
    /// The account it is registered in.
    pub(in crate::simulator) account: &'static str,
    /// The certificate's organisation.
    pub(in crate::simulator) organization: &'static str,
    /// Its number in its account, by age: 0 is the oldest.
    pub(in crate::simulator) number: u64,
    /// The certificate's serial number.
    pub(in crate::simulator) serial: u64,
    /// Its name, which its thing and its certificate have too.
    pub(in crate::simulator) name: String,
    /// The type of its things.
    pub(in crate::simulator) type_name: &'static str,
    /// Where it stands.
    pub(in crate::simulator) site: &'static str,
    /// The production line it belongs to.
    pub(in crate::simulator) line: &'static str,
    /// What runs on it.
    pub(in crate::simulator) firmware: &'static str,
    /// When the certificate was registered.
    pub(in crate::simulator) created: Millis,
    /// The certificate's status, before any transfer.
    pub(in crate::simulator) status: Status,
    /// The attached policies.
    pub(in crate::simulator) policies: Vec<&'static str>,
    /// The attached things.
    pub(in crate::simulator) things: Vec<(String, PrincipalType)>,
}

/// How many devices the first account has.
pub(in crate::simulator) const IN_PROD: u64 = 200;

/// How many devices the second account has.
pub(in crate::simulator) const IN_EU: u64 = 40;

/// From the first registration to the last: 732 days, to 2026-11-20.
const SPAN: Millis = 732 * 86_400_000;

impl Device {
    /// Whether its certificate was registered with the authority of the account.
    pub(in crate::simulator) fn is_of_own_ca(&self) -> bool {
        self.account == PROD && self.number % 8 == 5
    }
}

/// A kind of device: its name, its thing type and the policies of its own.
struct Kind {
    name: &'static str,
    type_name: &'static str,
    policies: [&'static str; 3],
}

const PROD_KINDS: [Kind; 8] = [
    kind("press-line", "PressLine", "press-line-commands"),
    kind("welding-cell", "WeldingCell", "line-maintenance"),
    kind("agv", "AutomatedVehicle", "fleet-shadow"),
    kind("paint-robot", "PaintRobot", "line-maintenance"),
    kind("conveyor", "Conveyor", "fleet-jobs"),
    kind("cold-store", "ColdStore", "fleet-shadow"),
    kind("gate-reader", "GateReader", "fleet-jobs"),
    kind("compressor", "Compressor", "line-maintenance"),
];

const EU_KINDS: [Kind; 3] = [
    kind("rtm-pump", "Pump", "line-maintenance"),
    kind("rtm-meter", "FlowMeter", "fleet-shadow"),
    kind("lyon-gateway", "Gateway", "fleet-jobs"),
];

const fn kind(name: &'static str, type_name: &'static str, own: &'static str) -> Kind {
    Kind {
        name,
        type_name,
        policies: ["fleet-connect", "fleet-telemetry", own],
    }
}

/// All devices, each account's from the oldest to the newest.
pub(in crate::simulator) fn devices() -> Vec<Device> {
    let mut devices = account(PROD, "Fleet Prod", IN_PROD, 0, &PROD_KINDS);
    devices.extend(account(EU, "Fleet EU", IN_EU, 10_000, &EU_KINDS));
    devices
}

fn account(
    account: &'static str,
    organization: &'static str,
    size: u64,
    first_serial: u64,
    kinds: &'static [Kind],
) -> Vec<Device> {
    let step = SPAN / Millis::try_from(size).unwrap_or(1).max(1);
    let mut named: BTreeMap<&str, u32> = BTreeMap::new();
    let spread = usize::try_from(step).unwrap_or(usize::MAX);
    let mut next = FIRST;
    let mut devices = Vec::new();
    for number in 0..size {
        let mut dice = Dice::new(&format!("{account} {number}"));
        let newest = number + 1 == size;
        // Registrations come at uneven intervals, but in order.
        let created = if newest {
            FIRST + SPAN
        } else {
            next.saturating_add(Millis::try_from(dice.below(spread)).unwrap_or_default())
        };
        next = next.saturating_add(step);
        let found = if newest {
            kinds.first()
        } else {
            kinds.get(dice.below(kinds.len()))
        };
        let Some(kind) = found else { continue };
        let count = named.entry(kind.name).or_default();
        *count += 1;
        let mut device = Device {
            account,
            organization,
            number,
            serial: first_serial + number,
            name: format!("{}-{count}", kind.name),
            type_name: kind.type_name,
            site: dice.one_of(&["plant-1", "plant-2", "plant-3", "warehouse-north"]),
            line: dice.one_of(&["A1", "A2", "B1", "B4", "C2"]),
            firmware: dice.one_of(&["2.9.1", "3.0.4", "3.1.0", "3.2.0-rc1"]),
            created,
            status: Status::Active,
            policies: Vec::new(),
            things: Vec::new(),
        };
        attach(&mut device, kind, &mut dice);
        devices.push(device);
    }
    devices
}

/// Decides the certificate's status and what is attached to it.
fn attach(device: &mut Device, kind: &Kind, dice: &mut Dice) {
    let (status, policies, things) = match (device.account, device.number) {
        // The first rows of the list: one like most, one with everything, one that is ready to be transferred.
        (PROD, 199) => (Status::Active, 2, 1),
        (PROD, 198) => (Status::Active, 3, 3),
        (PROD, 197) => (Status::Inactive, 0, 0),
        _ => match dice.below(100) {
            0..76 => {
                let things = dice.one_of(&[1, 1, 1, 1, 2, 2, 3, 0]);
                (Status::Active, 1 + dice.below(3), things)
            }
            76..88 => (Status::Inactive, dice.below(3), dice.below(2)),
            88..95 => (Status::Revoked, dice.below(2), 0),
            _ => (Status::PendingActivation, dice.below(2), 0),
        },
    };
    device.status = status;
    device.policies = kind.policies.iter().copied().take(policies).collect();
    // Some old certificates still have what everything began with.
    if device.number < 12 && status == Status::Active {
        device.policies = vec!["legacy-allow-all"];
    }
    if status == Status::PendingActivation && policies > 0 {
        device.policies = vec!["provisioning-bootstrap"];
    }
    let exclusive = things == 1 && device.number != 199 && dice.below(4) == 0;
    let kind = if exclusive {
        PrincipalType::ExclusiveThing
    } else {
        PrincipalType::NonExclusiveThing
    };
    device.things = ["", "-hmi", "-plc"]
        .iter()
        .take(things)
        .map(|part| (format!("{}{part}", device.name), kind))
        .collect();
}

/// Numbers that look random and are always the same.
struct Dice {
    seed: [u8; 32],
}

impl Dice {
    fn new(seed: &str) -> Self {
        Self {
            seed: Sha256::digest(format!("certferry demo {seed}")).into(),
        }
    }

    /// A number below a limit; 0 if the limit is 0.
    fn below(&mut self, limit: usize) -> usize {
        self.seed = Sha256::digest(self.seed).into();
        let number = self
            .seed
            .iter()
            .take(7)
            .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        usize::try_from(number)
            .ok()
            .and_then(|number| number.checked_rem(limit))
            .unwrap_or_default()
    }

    fn one_of<T: Copy + Default>(&mut self, choices: &[T]) -> T {
        choices
            .get(self.below(choices.len()))
            .copied()
            .unwrap_or_default()
    }
}
