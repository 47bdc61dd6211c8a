//! What a walk is made of: a world, who does what when, and what goes wrong. Drawn from a seed, and
//! smaller than that when a failure is shrunk.

use certferry::simulator::Assumptions;
use fastrand::Rng;

/// Somebody with a certferry. Those of one team share a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Operator {
    /// Of the source, with the journal of the team.
    One,
    /// The same, on the same computer.
    Two,
    /// Of the source, on a computer of its own.
    Three,
    /// Of the recipient.
    There,
    /// Of the source, with the journal of the team, at a screen.
    Desk,
}

pub(super) const OPERATORS: [Operator; 5] = [
    Operator::One,
    Operator::Two,
    Operator::Three,
    Operator::There,
    Operator::Desk,
];

impl Operator {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::One => "op-1",
            Self::Two => "op-2",
            Self::Three => "op-3",
            Self::There => "there",
            Self::Desk => "desk",
        }
    }
}

/// The accounts of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Account {
    Source,
    Recipient,
    Third,
}

impl Account {
    pub(super) fn number(self) -> &'static str {
        match self {
            Self::Source => "111122223333",
            Self::Recipient => "444455556666",
            Self::Third => "777788889999",
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Recipient => "recipient",
            Self::Third => "third",
        }
    }
}

/// A certificate of the source, as it is in the beginning.
#[derive(Clone, Debug)]
pub(super) struct NewOne {
    pub(super) active: bool,
    pub(super) policies: usize,
    pub(super) things: usize,
    /// Whether its first thing holds it for itself.
    pub(super) exclusive: bool,
    /// Whether it is offered to the recipient or to a third account already.
    pub(super) offered: Option<Account>,
}

/// What somebody with a certferry does. Certificates are named by their position.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Deed {
    /// Prepares and transfers.
    Transfer {
        of: Vec<usize>,
        to: Account,
    },
    /// Offers those that are ready.
    TransferReady {
        of: Vec<usize>,
        to: Account,
    },
    /// Hands over, with the recipient's account open as well.
    HandOver {
        of: Vec<usize>,
    },
    PutBack {
        of: Vec<usize>,
    },
    Resume {
        of: Vec<usize>,
    },
    /// Decides about everything that the journal has open: 0 resumes, 1 puts back, 2 leaves.
    Decide {
        how: u8,
    },
    RemoveCreated {
        of: usize,
    },
    Single {
        change: Single,
        of: usize,
    },
    /// Looks whether what runs stopped at was made after all.
    LookAgain,
    /// Takes over what another process holds.
    TakeOver,
    Stop {
        at_step: bool,
    },
    Kill,
    /// The disk of the journal is full, or busy, for so long.
    Disk {
        full: bool,
        seconds: u64,
    },
    /// The credentials are those of another account for so long.
    OtherAccount {
        seconds: u64,
    },
}

/// A single change, chosen in a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Single {
    Activate,
    Deactivate,
    Revoke,
    Accept { activate: bool },
    Reject,
    CancelTransfer,
    DetachPolicy,
    DetachThing,
}

/// What somebody does in the console or with the AWS CLI.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ByHand {
    Activate,
    Deactivate,
    Revoke,
    AttachPolicy,
    DetachPolicy,
    AttachThing,
    DetachThing,
    DeletePolicy,
    DeleteThing,
    Transfer,
    Cancel,
    Accept { activate: bool },
    Reject,
    Delete,
}

/// Who does something.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    /// With a certferry, which is started if it is not running. `think` is how long the dialog stands.
    With {
        who: Operator,
        deed: Deed,
        think: u64,
    },
    /// Presses what the screen offers, so many times.
    AtTheDesk { dice: u64, times: u32 },
    /// The process at the desk is killed.
    DeskDies,
    /// In the console.
    Console {
        of: Account,
        deed: ByHand,
        certificate: usize,
        /// Which of its attachments.
        which: usize,
    },
    /// An account's credentials end, and are good again after so many seconds.
    Expire { of: Account, seconds: u64 },
    /// An action is denied to an account for so many seconds.
    Deny {
        of: Account,
        action: &'static str,
        seconds: u64,
    },
}

/// Something that is done, so many milliseconds after the beginning.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) at: u64,
    pub(super) act: Act,
}

/// What becomes of a call on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Throttled,
    InternalFailure,
    Unavailable,
    Denied,
    Expired,
    /// The connection breaks before AWS hears of it.
    LostBefore,
    /// AWS does it, and the connection breaks before the answer.
    LostAfter,
    /// AWS never hears of it, and nothing comes back.
    SilentBefore,
    /// AWS does it, and nothing comes back.
    SilentAfter,
    /// It arrives so many seconds late.
    HeldBefore(u64),
    /// It arrives at once, and its answer comes so many seconds late.
    HeldAfter(u64),
    /// The answer cannot be read.
    Garbage,
    /// A reading that shows what was a few seconds ago.
    Behind,
}

/// A call that goes wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mishap {
    pub(super) who: Operator,
    /// Which call of its process, counted over its restarts.
    pub(super) call: u32,
    pub(super) fate: Fate,
}

/// All of a walk.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) seed: u64,
    pub(super) assumptions: Assumptions,
    pub(super) certificates: Vec<NewOne>,
    pub(super) events: Vec<Event>,
    pub(super) mishaps: Vec<Mishap>,
}

/// What may be denied for a while.
const DENIED: [&str; 8] = [
    "iot:DetachPolicy",
    "iot:AttachPolicy",
    "iot:AttachThingPrincipal",
    "iot:ListOutgoingCertificates",
    "iot:TransferCertificate",
    "iot:ListPrincipalThings",
    "iot:AcceptCertificateTransfer",
    "iot:UpdateCertificate",
];

/// Within how many seconds everything is begun.
const DAY: u64 = 240;
/// How many calls of a process may go wrong.
const CALLS: u32 = 300;

impl Script {
    /// The script of a seed.
    pub(super) fn of(seed: u64, assumptions: &[Assumptions]) -> Self {
        let mut dice = Rng::with_seed(seed ^ 0x5eed_ca7f);
        let row = usize::try_from(seed).unwrap() % assumptions.len();
        let n = *pick(&mut dice, &[1, 1, 1, 2, 2, 3, 4, 8]);
        let certificates: Vec<NewOne> = (0..n).map(|_| certificate(&mut dice)).collect();
        let mut events: Vec<Event> = (0..dice.usize(3..14))
            .map(|_| Event {
                at: dice.u64(0..DAY * 1_000),
                act: act(&mut dice, n),
            })
            .collect();
        let rate = *pick(&mut dice, &[0.0, 0.02, 0.05, 0.12]);
        let mut mishaps = Vec::new();
        for who in OPERATORS {
            for call in 0..CALLS {
                if dice.f64() < rate {
                    let fate = fate(&mut dice);
                    mishaps.push(Mishap { who, call, fate });
                }
            }
        }
        // Some offers have ended before the day begins.
        for (position, new) in certificates.iter().enumerate() {
            let ended = new.offered.and_then(|to| ended(&mut dice, to));
            events.extend(ended.map(|(of, deed)| Event {
                at: 0,
                act: Act::Console {
                    of,
                    deed,
                    certificate: position,
                    which: 0,
                },
            }));
        }
        events.sort_by_key(|it| it.at);
        Self {
            seed,
            assumptions: assumptions[row].clone(),
            certificates,
            events,
            mishaps,
        }
    }
}

fn pick<'a, T>(dice: &mut Rng, of: &'a [T]) -> &'a T {
    &of[dice.usize(..of.len())]
}

fn certificate(dice: &mut Rng) -> NewOne {
    let offered = *pick(
        dice,
        &[
            None,
            None,
            None,
            None,
            Some(Account::Recipient),
            Some(Account::Third),
        ],
    );
    NewOne {
        active: dice.u8(..10) < 8,
        policies: dice.usize(..4),
        things: dice.usize(..4),
        exclusive: dice.u8(..4) == 0,
        offered,
    }
}

/// Who has ended an offer, and how; most wait still.
fn ended(dice: &mut Rng, to: Account) -> Option<(Account, ByHand)> {
    match dice.u8(..6) {
        0 => Some((to, ByHand::Reject)),
        1 => Some((to, ByHand::Accept { activate: false })),
        2 => Some((Account::Source, ByHand::Cancel)),
        _ => None,
    }
}

/// One to all of the certificates.
fn some(dice: &mut Rng, n: usize) -> Vec<usize> {
    if dice.bool() {
        return vec![dice.usize(..n)];
    }
    let some: Vec<usize> = (0..n).filter(|_| dice.u8(..4) > 0).collect();
    if some.is_empty() { vec![0] } else { some }
}

fn act(dice: &mut Rng, n: usize) -> Act {
    match dice.u8(..100) {
        0..12 => Act::AtTheDesk {
            dice: dice.u64(..),
            times: dice.u32(4..24),
        },
        12 => Act::DeskDies,
        13..70 => {
            let who = *pick(
                dice,
                &[
                    Operator::One,
                    Operator::One,
                    Operator::One,
                    Operator::Two,
                    Operator::Two,
                    Operator::Three,
                    Operator::There,
                    Operator::There,
                ],
            );
            Act::With {
                who,
                deed: deed(dice, who, n),
                think: *pick(dice, &[500, 1_000, 3_000, 8_000, 30_000]),
            }
        }
        70..92 => {
            let of = *pick(
                dice,
                &[
                    Account::Source,
                    Account::Source,
                    Account::Recipient,
                    Account::Third,
                ],
            );
            Act::Console {
                of,
                deed: by_hand(dice, of),
                certificate: dice.usize(..n),
                which: dice.usize(..4),
            }
        }
        92..96 => Act::Expire {
            of: *pick(dice, &[Account::Source, Account::Recipient]),
            seconds: dice.u64(5..60),
        },
        _ => Act::Deny {
            of: *pick(dice, &[Account::Source, Account::Recipient]),
            action: DENIED[dice.usize(..DENIED.len())],
            seconds: dice.u64(5..90),
        },
    }
}

fn deed(dice: &mut Rng, who: Operator, n: usize) -> Deed {
    let of = some(dice, n);
    let one = dice.usize(..n);
    if who == Operator::There {
        return match dice.u8(..10) {
            0..3 => Deed::Single {
                change: Single::Accept {
                    activate: dice.bool(),
                },
                of: one,
            },
            3..5 => Deed::Single {
                change: Single::Reject,
                of: one,
            },
            5 => Deed::Single {
                change: Single::Activate,
                of: one,
            },
            6 => Deed::Transfer {
                of,
                to: Account::Source,
            },
            7 => Deed::Kill,
            8 => Deed::Decide { how: dice.u8(..3) },
            _ => Deed::Stop {
                at_step: dice.bool(),
            },
        };
    }
    let to = *pick(
        dice,
        &[Account::Recipient, Account::Recipient, Account::Third],
    );
    match dice.u8(..100) {
        0..24 => Deed::Transfer { of, to },
        24..28 => Deed::TransferReady { of, to },
        28..38 => Deed::HandOver { of },
        38..54 => Deed::PutBack { of },
        54..62 => Deed::Resume { of },
        62..70 => Deed::Decide { how: dice.u8(..3) },
        70..72 => Deed::RemoveCreated { of: one },
        72..80 => Deed::Single {
            change: *pick(
                dice,
                &[
                    Single::Activate,
                    Single::Deactivate,
                    Single::Revoke,
                    Single::CancelTransfer,
                    Single::CancelTransfer,
                    Single::DetachPolicy,
                    Single::DetachThing,
                ],
            ),
            of: one,
        },
        80..83 => Deed::LookAgain,
        83..84 => Deed::TakeOver,
        84..88 => Deed::Stop {
            at_step: dice.bool(),
        },
        88..96 => Deed::Kill,
        96..98 => Deed::Disk {
            full: dice.bool(),
            seconds: dice.u64(1..30),
        },
        _ => Deed::OtherAccount {
            seconds: dice.u64(5..60),
        },
    }
}

fn by_hand(dice: &mut Rng, of: Account) -> ByHand {
    if of == Account::Source {
        return *pick(
            dice,
            &[
                ByHand::Activate,
                ByHand::Deactivate,
                ByHand::Revoke,
                ByHand::AttachPolicy,
                ByHand::AttachPolicy,
                ByHand::DetachPolicy,
                ByHand::AttachThing,
                ByHand::DetachThing,
                ByHand::DeletePolicy,
                ByHand::DeleteThing,
                ByHand::Transfer,
                ByHand::Cancel,
                ByHand::Cancel,
                ByHand::Delete,
            ],
        );
    }
    let activate = dice.bool();
    *pick(
        dice,
        &[
            ByHand::Accept { activate },
            ByHand::Accept { activate },
            ByHand::Reject,
            ByHand::Reject,
            ByHand::Activate,
            ByHand::Transfer,
        ],
    )
}

fn fate(dice: &mut Rng) -> Fate {
    match dice.u8(..20) {
        0..3 => Fate::Throttled,
        3 => Fate::InternalFailure,
        4 => Fate::Unavailable,
        5 => Fate::Denied,
        6 => Fate::Expired,
        7..9 => Fate::LostBefore,
        9..12 => Fate::LostAfter,
        12 => Fate::SilentBefore,
        13 => Fate::SilentAfter,
        14..16 => Fate::HeldBefore(dice.u64(1..13)),
        16 => Fate::HeldAfter(dice.u64(1..150)),
        17 => Fate::Garbage,
        _ => Fate::Behind,
    }
}
