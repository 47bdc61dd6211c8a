//! What the dialogs of actions have no room for: each paragraph answers a question that somebody may have before the
//! button is pressed.

use crate::domain::actions::action::Action;

const WRITTEN_DOWN: &str = "Before anything is taken away it is written into the journal on this computer: the status, \
    each policy and each thing. So it can be put back when it is rejected, when you revoke the transfer, and when \
    certferry is killed half-way.";
const NOT_TOLD: &str = "AWS does not tell the recipient. Copy the note for them when it is done: it names the account, the \
    certificate and what they have to do.";
const OFFLINE: &str = "Devices that are connected are cut off within minutes of the deactivation, and cannot connect \
    again until the certificate is active, in whichever account it is then.";
const ALONE: &str = "Of many certificates one goes ahead alone. The others begin when it has come through, so a mistake \
    costs one device.";
const STOP: &str = "A batch can be stopped: what is begun is finished, or stops after the calls in flight. Nothing is \
    lost either way; the page of the batch says what was done to each.";
const FINAL: &str = "AWS has no call that undoes it. That is why the end of the id is typed.";
const JOURNAL: &str = "What is put back is what the journal on this computer has of the latest run, as far as it is \
    missing now. Each certificate is looked at first: what somebody else has attached or activated meanwhile stays.";

impl Action {
    /// What its dialog tells those who ask, a paragraph each.
    pub const fn explains(self) -> &'static [&'static str] {
        match self {
            Self::StartTransfer => &[
                "A certificate can be offered to another account only while it is inactive and nothing is attached \
                 to it. So it is deactivated, its policies and things are detached, and then it is offered.",
                "Until the recipient accepts, neither account can use it, and it still belongs to yours. You can \
                 revoke the transfer until then. After the accept only a transfer back brings it home.",
                "Policies and things do not go along: they stay in your account. Hand over carries them through.",
                WRITTEN_DOWN,
                OFFLINE,
                NOT_TOLD,
                ALONE,
                STOP,
            ],
            Self::HandOver => &[
                "A transfer, and then in the other account everything that the devices need: it is accepted, \
                 policies, types, groups and things are created where they are missing, attached, tested, and the \
                 certificate is activated.",
                "Tested means: AWS is asked whether the certificate may do there what its policies say. One that \
                 may not is not activated.",
                "Devices connect to an address of the account. Until they are told the new one they stay offline: \
                 that is up to whoever runs them, and the note for them has the address.",
                WRITTEN_DOWN,
                OFFLINE,
                ALONE,
                STOP,
            ],
            Self::TransferReady => &[
                "Offers those that are inactive and have nothing attached. The others stay as they are.",
                NOT_TOLD,
                STOP,
            ],
            Self::Activate => &[
                "Devices that have the certificate can connect again at once, as far as policies allow it.",
            ],
            Self::Deactivate => &[
                OFFLINE,
                "Policies and things stay attached. Activate undoes it.",
            ],
            Self::Accept | Self::AcceptAndActivate => &[
                "The certificate belongs to your account then. It comes with nothing: attach the policies and things \
                 that its device needs here.",
                "It is looked at once more before it is accepted: an offer that is another one now, or from somebody \
                 else, is not.",
                "The private key stays on the device, as always. Whoever had it before still has it: accept only what \
                 you expect, from an account that you know.",
            ],
            Self::Reject => &[
                "The certificate goes back to its sender, inactive and with nothing attached. They read the reason.",
                "It is looked at once more first: an offer that is another one now is not rejected.",
            ],
            Self::PutBack => &[
                JOURNAL,
                "One that is still offered is taken back first: the transfer is revoked.",
                STOP,
            ],
            Self::Resume => &[
                "A run that stopped goes on with its next step. What was done is not done again, unless somebody has \
                 undone it since.",
                STOP,
            ],
            Self::RemoveCreated => &[
                "Deletes what a hand-over has created in this account and nothing uses now. Each is looked at first.",
            ],
            Self::LeaveAsIs => &[
                "Changes nothing in AWS. certferry asks no more about the run, and the journal keeps what was taken: it \
                 can still be put back, alone.",
            ],
            Self::RevokeTransfer => &[
                "The offer is taken back before it is accepted, and the certificate is inactive in your account.",
                "What was detached before stays detached. Put back takes the offer back, too, and attaches all of it \
                 again.",
                "Revoke is another action: it makes a certificate useless for ever. This one does not.",
            ],
            Self::Revoke => &[
                "AWS IoT refuses the certificate from then on, in every account, for ever. Its device needs a new \
                 certificate and a new key.",
                FINAL,
            ],
            Self::Delete => &[
                "AWS IoT forgets the certificate. A device that has it cannot connect.",
                "With its PEM, which the journal keeps for a year, it can be registered again.",
                FINAL,
            ],
            Self::Detach => &[
                "Policies are what devices may do; without them a certificate may do nothing.",
                "AWS detaches things some seconds later. Until then the row says so.",
            ],
        }
    }
}
