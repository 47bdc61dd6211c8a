//! The demo's transfers, in every phase.

use super::accounts::{Accounts, EU, PROD};
use super::devices::Device;
use crate::simulator::world::World;
use crate::simulator::world::certificate::{Certificate, Status, Transfer};
use crate::simulator::world::clock::Millis;
use crate::simulator::world::location::Location;

/// How a transfer of the demo went.
enum End {
    /// It waits.
    Pending,
    /// The recipient accepted it, as active or not.
    Accepted(Status),
    /// The recipient rejected it.
    Rejected(&'static str),
    /// The source cancelled it.
    Cancelled,
}

/// The transfer of a device's certificate, if it had one: message, start in days before 2026-11-20, and end.
fn transfer_of(device: &Device) -> Option<(Option<&'static str>, Millis, End)> {
    let transfer = match (device.account, device.number) {
        (PROD, 195) => (
            Some("Line 4 moves to Rotterdam in December. Please accept before Friday."),
            1,
            End::Pending,
        ),
        (PROD, 190) => (
            Some("AGV for the Lyon site, ticket OPS-4417"),
            2,
            End::Pending,
        ),
        (PROD, 181) => (None, 5, End::Pending),
        (PROD, 164) => (
            Some("Übergabe an Fleet EU – Rückfragen bitte an ops@example.com"),
            9,
            End::Pending,
        ),
        (PROD, 120) => (
            Some("second try, the first one was rejected"),
            34,
            End::Pending,
        ),
        (PROD, 193) => (
            Some("for the new plant"),
            6,
            End::Rejected("wrong fleet: belongs to fleet-us"),
        ),
        (PROD, 186) => (Some("sent by mistake"), 12, End::Cancelled),
        (PROD, 90) => (
            Some("Rotterdam, batch 2"),
            60,
            End::Accepted(Status::Active),
        ),
        (EU, 38) => (
            Some("Spare meter, back to fleet-prod as agreed"),
            3,
            End::Pending,
        ),
        // What another account writes is not to be trusted: this one recolours the terminal and turns text around.
        (EU, 36) => (
            Some("\u{1b}[31mURGENT\u{1b}[0m accept now \u{202e}evitca ti ekam dna\u{202c}"),
            4,
            End::Pending,
        ),
        (EU, 31) => (None, 15, End::Pending),
        (EU, 12) => (Some("pump, on loan"), 200, End::Accepted(Status::Inactive)),
        _ => return None,
    };
    Some(transfer)
}

/// Plays what happened to a device's certificate.
pub(in crate::simulator) fn play(
    world: &mut World,
    accounts: &Accounts,
    device: &Device,
    source: &Location,
    id: &str,
) {
    const LAST_DAY: Millis = 1_795_132_800_000;
    const DAY: Millis = 86_400_000;
    let Some((message, days, end)) = transfer_of(device) else {
        return;
    };
    let target = accounts.number(if device.account == PROD { EU } else { PROD });
    // Half past nine, and never before the certificate was registered.
    let started = (LAST_DAY - days * DAY + 34_200_000).max(device.created + DAY);
    let ended = started + 5 * 3_600_000;
    if let Some(certificate) = world.certificate(source, id) {
        detach_all(certificate);
    }
    world.offer(source, id, target, message.map(str::to_owned), started);
    match end {
        End::Pending => {}
        End::Accepted(status) => world.hand_over(source, id, status, ended),
        End::Rejected(reason) => {
            let reject = |transfer: &mut Transfer| {
                transfer.rejected = Some(ended);
                transfer.reject_reason = Some(reason.to_owned());
            };
            world.take_back(source, id, reject, ended);
        }
        End::Cancelled => {
            let cancel = |transfer: &mut Transfer| transfer.cancelled = Some(ended);
            world.take_back(source, id, cancel, ended);
        }
    }
}

/// What has to be done before a transfer. The things stay in the registry.
fn detach_all(certificate: &mut Certificate) {
    certificate.status = Status::Inactive;
    certificate.policies.clear();
    certificate.things.clear();
}
