//! What the dialog of a batch says when it is about one certificate: it names everything.

use crate::{
    domain::{
        Action, Attachment, CertificateId, Change, ConsoleStatus, Does, Guard, Look, LooksAt,
        text::{counted_attachments, visible},
    },
    tui::{
        confirm::batch::draft::Draft,
        dialogs::form::{Form, Said},
        keymap::Command,
        known::context::Context,
        text::{moments::moment, prose::Role, words::listed},
    },
};

impl Draft {
    /// What it is about, and where.
    pub(super) fn intro_of_one(&self, id: CertificateId, cx: &Context<'_>) -> Vec<Said> {
        let says = self.selection.action.row().says.iter();
        let told = |(word, text): &(&'static str, &str)| Said::plain(word, self.fill(text, id, cx));
        let mut intro: Vec<Said> = says.map(told).collect();
        match self.selection.attachments.as_slice() {
            [Attachment::Policy(_)] => {
                let text = "what the policy allows, for devices that use the certificate";
                intro.push(Said::warn("Lost", text));
            }
            [Attachment::Policy(_), ..] => {
                let text = "what the policies allow, for devices that use the certificate";
                intro.push(Said::warn("Lost", text));
            }
            [Attachment::Thing(_), ..] => {
                intro.push(Said::quiet("Time", "AWS takes some seconds for it"));
            }
            [] => {}
        }
        intro.extend(self.not_among_them());
        intro
    }

    /// A text of the table with its placeholders filled in.
    pub(super) fn fill(&self, text: &str, id: CertificateId, cx: &Context<'_>) -> String {
        let recipient = || {
            let to = cx.list.outgoing(id).and_then(|transfer| transfer.to);
            to.map_or_else(
                || "the recipient".to_owned(),
                |to| cx.setup.config.accounts.describe(to),
            )
        };
        let sender = || match cx.shown(id).party {
            Some(from) if cx.setup.config.accounts.name(from).is_some() => {
                cx.setup.config.accounts.describe(from)
            }
            Some(from) => format!("{} (unknown account)", from.grouped()),
            None if cx.list.lacks_description(id) => "a sender that is not known yet".to_owned(),
            None => "a sender that AWS does not tell".to_owned(),
        };
        let since = || match cx.shown(id).started {
            Some(at) => format!("since {}", moment(at)),
            None => "its date is not known yet".to_owned(),
        };
        let names = || {
            let names = self.selection.attachments.iter();
            listed(&names.map(|it| it.name().to_owned()).collect::<Vec<_>>())
        };
        let attachment = || match self.selection.attachments.as_slice() {
            [] => String::new(),
            [one] => format!("{} {}", one.word(), visible(one.name())),
            [Attachment::Policy(_), ..] => format!("policies {}", names()),
            [Attachment::Thing(_), ..] => format!("things {}", names()),
        };
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let (word, after) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(&match word {
                "id" => id.short(),
                "place" => cx.place(),
                "last six" => id.last_six(),
                "recipient" => recipient(),
                "sender" => sender(),
                "since" => since(),
                "attachment" => attachment(),
                other => other.to_owned(),
            });
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    /// What will happen to the only certificate.
    pub(super) fn outlook_of_one(
        &self,
        id: CertificateId,
        form: &Form,
        cx: &Context<'_>,
    ) -> Vec<Said> {
        let row = self.selection.action.row();
        match (row.does, row.looks_at) {
            (Does::Transfer, _) => self.transfer(form, cx),
            (Does::RemoveCreated, _) => self.said.clone(),
            (Does::Reject, _) => {
                vec![Said::quiet("Reason", "its sender reads it")]
            }
            (Does::Change(Change::CancelTransfer), _) => stays_bare(cx, id).into_iter().collect(),
            (Does::Change(Change::Deactivate), _) => vec![things_of(cx, id)],
            _ if row.guard == Guard::LastSix => vec![things_of(cx, id)],
            (Does::LeaveAsIs, _)
            | (_, LooksAt::Journal | LooksAt::Steps | LooksAt::Attachments) => {
                self.outlook(form, cx, &self.selection.chosen())
            }
            _ => Vec::new(),
        }
    }

    /// What is done before the transfer, and what it means.
    fn transfer(&self, form: &Form, cx: &Context<'_>) -> Vec<Said> {
        let against = |text: String| Said {
            role: Role::Bad,
            ..Said::plain("Not now", text)
        };
        let to = self.recipient_words(form, cx);
        match (
            self.selection.looks.as_slice(),
            self.selection.not_looked_at.as_slice(),
        ) {
            (_, [(_, failure), ..]) => {
                let why = failure.summary();
                vec![against(format!(
                    "what is attached could not be checked: {why}"
                ))]
            }
            ([look], _) if !self.selection.action.applies_to(look.status) => {
                vec![against(format!(
                    "not possible: it is {}",
                    look.status.label()
                ))]
            }
            ([look], _) => prepared(look, &to),
            _ => vec![
                Said::plain("Does", format!("offers it to {to}")),
                undo_of_transfer(),
            ],
        }
    }

    /// Why nothing can be done with the only certificate.
    pub(super) fn one_impossible(&self) -> Option<String> {
        let (Some(_), Action::StartTransfer) = (self.one(), self.selection.action) else {
            return None;
        };
        match (
            self.selection.looks.as_slice(),
            self.selection.not_looked_at.as_slice(),
        ) {
            (_, [(_, failure), ..]) => Some(format!(
                "What is attached could not be checked: {}.",
                failure.summary()
            )),
            ([look], _) => Some(format!("Not possible: it is {}.", look.status.label())),
            _ => None,
        }
    }
}

/// What is done to a certificate that was looked at: in one line, and what is detached by name.
fn prepared(look: &Look, to: &str) -> Vec<Said> {
    let things: Vec<String> = look.things.iter().map(|it| it.name.clone()).collect();
    let used = Draft::is_used(look.status);
    let mut does = Vec::new();
    if used {
        does.push("deactivates it".to_owned());
    }
    let detached = counted_attachments(look.policies.len(), things.len());
    does.extend(detached.map(|it| format!("detaches {it}")));
    does.push(format!("offers it to {to}"));
    let mut told = Vec::new();
    if does.len() == 1 {
        told.push(Said {
            role: Role::Good,
            ..Said::plain("Ready", "it is inactive and nothing is attached")
        });
    }
    told.push(Said::plain("Does", does.join(" · ")));
    let mut word = "Detached";
    for (one, many, names) in [
        ("policy", "policies", &look.policies),
        ("thing", "things", &things),
    ] {
        let text = match names.as_slice() {
            [] => continue,
            [name] => format!("{one} {}", visible(name)),
            names => format!("{many} {}", listed(names)),
        };
        told.push(Said::plain(word, text));
        word = "";
    }
    if used {
        let text = "devices that use it, within minutes";
        told.push(Said::warn("Offline", text));
    }
    if look.status == ConsoleStatus::PendingActivation {
        let text = "Pending activation cannot be given back to it afterwards";
        told.push(Said::warn("Lost", text));
    }
    told.push(undo_of_transfer());
    told
}

/// How a transfer that was begun is undone.
pub(super) fn undo_of_transfer() -> Said {
    let text = "Revoke transfer until they accept; Put back gives back what was taken, too";
    Said::plain("Undo", text)
}

/// What an offer that is only taken back leaves undone, when the journal knows of it.
fn stays_bare(cx: &Context<'_>, id: CertificateId) -> Option<Said> {
    let key = cx.key(Command::Act(Action::PutBack));
    let text = format!(
        "it stays without what was detached from it. Put back ({key}) takes the offer back, too, and attaches all of \
         that again"
    );
    cx.list.was_offered(id).then(|| Said::warn("But", text))
}

/// Which things use the certificate, as far as that is known.
fn things_of(cx: &Context<'_>, id: CertificateId) -> Said {
    let details = cx.details.as_ref().filter(|details| details.id == id);
    let things = details.and_then(|details| details.things.value());
    match things.map(Vec::as_slice) {
        None => Said::quiet("Things", "not known here: see its details"),
        Some([]) => Said::quiet("Things", "none is attached to it"),
        Some(things) => {
            let names: Vec<String> = things.iter().map(|thing| thing.name.clone()).collect();
            Said::warn("Things", format!("{} use it", listed(&names)))
        }
    }
}
