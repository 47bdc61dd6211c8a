//! What the dialog of a batch says when it is about one certificate: it names everything.

use crate::{
    domain::{
        Action, Attachment, CertificateId, Change, ConsoleStatus, Does, Guard, LooksAt,
        text::visible,
    },
    tui::{
        confirm::batch::draft::Draft,
        dialogs::form::Form,
        keymap::Command,
        known::context::Context,
        text::{moments::moment, prose::Role, words::listed},
    },
};

impl Draft {
    /// What it is about, and where.
    pub(super) fn intro_of_one(&self, id: CertificateId, cx: &Context<'_>) -> Vec<String> {
        let says = self.selection.action.row().says.iter();
        let mut intro: Vec<String> = says.map(|text| self.fill(text, id, cx)).collect();
        match self.selection.attachments.as_slice() {
            [Attachment::Policy(_)] => {
                intro.push("Devices using the certificate lose what the policy allows.".to_owned());
            }
            [Attachment::Policy(_), ..] => {
                let text = "Devices using the certificate lose what the policies allow.";
                intro.push(text.to_owned());
            }
            [Attachment::Thing(_), ..] => intro.push("AWS takes some seconds for it.".to_owned()),
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
            None => "a sender that is not known yet".to_owned(),
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
    ) -> Vec<(Role, String)> {
        let row = self.selection.action.row();
        match (row.does, row.looks_at) {
            (Does::Transfer, _) => self.transfer(form, cx),
            (Does::RemoveCreated, _) => self.said.clone(),
            (Does::Reject, _) => {
                vec![(Role::Quiet, "The sender reads the reason.".to_owned())]
            }
            (Does::Change(Change::CancelTransfer), _) => stays_bare(cx, id).into_iter().collect(),
            (Does::Change(Change::Deactivate), _) => things_of(cx, id),
            _ if row.guard == Guard::LastSix => things_of(cx, id),
            (Does::LeaveAsIs, _)
            | (_, LooksAt::Journal | LooksAt::Steps | LooksAt::Attachments) => {
                self.outlook(cx, &self.selection.chosen())
            }
            _ => Vec::new(),
        }
    }

    /// What is done before the transfer, and what it means.
    fn transfer(&self, form: &Form, cx: &Context<'_>) -> Vec<(Role, String)> {
        let mut outlook = match (
            self.selection.looks.as_slice(),
            self.selection.not_looked_at.as_slice(),
        ) {
            (_, [(_, failure), ..]) => {
                let text = format!(
                    "What is attached could not be checked: {}.",
                    failure.summary()
                );
                vec![(Role::Bad, text)]
            }
            ([look], _) if !self.selection.action.applies_to(look.status) => {
                let text = format!("Not possible: it is {}.", look.status.label());
                vec![(Role::Bad, text)]
            }
            ([look], _) => prepared(look),
            _ => Vec::new(),
        };
        outlook.push((
            Role::Quiet,
            "AWS does not tell the recipient. You can copy a note for them afterwards.".to_owned(),
        ));
        // The sentence that matters most stands next to the button.
        outlook.push((
            Role::Plain,
            match self.recipient(form, cx).account {
                Some(account) => format!(
                    "Offers the certificate to {}. Until they accept it, neither side can use it, \
                     and you can revoke the transfer.",
                    cx.setup.config.accounts.describe(account)
                ),
                None => "Offers the certificate to the account; until they accept it, you can \
                         revoke the transfer."
                    .to_owned(),
            },
        ));
        outlook
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

/// What is done before the transfer, by name.
fn prepared(look: &crate::domain::Look) -> Vec<(Role, String)> {
    let mut steps = Vec::new();
    if Draft::is_used(look.status) {
        steps.push("deactivate it".to_owned());
    }
    let things: Vec<String> = look.things.iter().map(|it| it.name.clone()).collect();
    for (one, many, names) in [
        ("policy", "policies", &look.policies),
        ("thing", "things", &things),
    ] {
        match names.as_slice() {
            [] => {}
            [name] => steps.push(format!("detach {one} {}", visible(name))),
            names => steps.push(format!("detach {many} {}", listed(names))),
        }
    }
    if steps.is_empty() {
        let text = "Ready: it is inactive and nothing is attached.".to_owned();
        return vec![(Role::Good, text)];
    }
    let mut lines = vec![(Role::Bad, format!("First: {}.", steps.join("; ")))];
    if Draft::is_used(look.status) {
        lines.push((
            Role::Bad,
            "Devices using it are disconnected within minutes.".to_owned(),
        ));
    }
    if look.status == ConsoleStatus::PendingActivation {
        lines.push((
            Role::Bad,
            "Pending activation cannot be given back to it afterwards.".to_owned(),
        ));
    }
    lines.push((
        Role::Quiet,
        "All of it is written down first, so that it can be put back.".to_owned(),
    ));
    lines
}

/// What an offer that is only taken back leaves undone, when the journal knows of it.
fn stays_bare(cx: &Context<'_>, id: CertificateId) -> Option<(Role, String)> {
    let key = cx.key(Command::Act(Action::PutBack));
    let text = format!(
        "It stays without what was detached from it. Put back ({key} in the Actions) takes the offer \
         back, too, and attaches all of that again."
    );
    cx.list.was_offered(id).then_some((Role::Bad, text))
}

/// Which things use the certificate, as far as that is known.
fn things_of(cx: &Context<'_>, id: CertificateId) -> Vec<(Role, String)> {
    let details = cx.details.as_ref().filter(|details| details.id == id);
    let Some(things) = details.and_then(|details| details.things.value()) else {
        return vec![(
            Role::Quiet,
            "Its things are not known here: see its details.".to_owned(),
        )];
    };
    if things.is_empty() {
        return vec![(Role::Quiet, "No things are attached to it.".to_owned())];
    }
    let names: Vec<String> = things.iter().map(|thing| thing.name.clone()).collect();
    vec![(
        Role::Bad,
        format!("Things that use it: {}.", listed(&names)),
    )]
}
