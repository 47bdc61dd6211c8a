//! What the dialog Start transfer says, for one certificate.
//!
//! The attachments are looked at once more when it opens. A certificate that is not ready can be
//! prepared: the dialog names everything that is detached then.

use crate::{
    domain::{
        AccountBook, AccountId, CertificateArn, ConsoleStatus, Look, MESSAGE_LIMIT, Place,
        Readiness, ThingRef, text::visible,
    },
    tui::{App, Picture, Remote, page::Role},
};

use super::{Form, FormText};

/// A transfer that is being written.
#[derive(Debug)]
pub struct TransferDraft {
    /// Where it is.
    pub place: Place,
    /// The certificate.
    pub certificate: CertificateArn,
    /// The names of the attached policies.
    pub policies: Remote<Vec<String>>,
    /// The names of the attached things.
    pub things: Remote<Vec<String>>,
}

/// The columns of names that a dialog has room for.
const NAMES: usize = 5;

impl TransferDraft {
    fn readiness(&self, app: &App) -> Readiness {
        Readiness {
            status: app.status(self.certificate.id),
            policies: self.policies.value().map(Vec::len),
            things: self.things.value().map(Vec::len),
        }
    }

    /// Whether nothing has to be prepared, as far as is known. The button waits until it is.
    pub fn is_bare(&self, app: &App) -> bool {
        self.readiness(app).obstacle().is_none()
    }

    /// What the dialog names, once that is known.
    pub(super) fn looks(&self, app: &App) -> Option<Look> {
        let thing = |name: &String| ThingRef {
            name: name.clone(),
            principal_type: None,
        };
        Some(Look {
            id: self.certificate.id,
            status: app.status(self.certificate.id),
            policies: self.policies.value()?.clone(),
            things: self.things.value()?.iter().map(thing).collect(),
        })
    }

    /// What the dialog says now.
    pub(super) fn text(&self, form: &Form, app: &App) -> FormText {
        let id = self.certificate.id;
        let to = Recipient::typed(form.typed(0), self.certificate.account, &app.setup.book);
        let (message_remark, message_problem) = message_remark(form.typed(1));
        let bare = self.is_bare(app);
        let (mut outlook, ready_problem) = self.preparation(app);
        outlook.push((
            Role::Quiet,
            "AWS does not tell the recipient. You can copy a note for them afterwards.".to_owned(),
        ));
        // The sentence that matters most stands next to the button.
        outlook.push((
            Role::Plain,
            match to.account {
                Some(account) => format!(
                    "Offers the certificate to {}. Until they accept it, neither side can use it, \
                     and you can revoke the transfer.",
                    app.setup.book.describe(account)
                ),
                None => "Offers the certificate to the account; until they accept it, you can \
                         revoke the transfer."
                    .to_owned(),
            },
        ));
        FormText {
            // The title stays in sight on the smallest screen.
            title: format!("Start transfer of {}", id.short()),
            intro: vec![format!("From {}.", app.place())],
            remarks: vec![to.remark, message_remark],
            outlook,
            cancel: "Cancel",
            confirm: if bare {
                "Start transfer"
            } else {
                "Prepare and transfer"
            },
            problem: to.problem.or(message_problem).or(ready_problem),
        }
    }

    /// What has to be done first, and why nothing can be done yet.
    fn preparation(&self, app: &App) -> (Vec<(Role, String)>, Option<String>) {
        let status = app.status(self.certificate.id);
        let says = |role, text: String| (vec![(role, text.clone())], Some(text));
        if !matches!(
            status,
            ConsoleStatus::Active | ConsoleStatus::Inactive | ConsoleStatus::PendingActivation
        ) {
            return says(
                Role::Bad,
                format!("Not possible: it is {}.", status.label()),
            );
        }
        match (self.policies.picture(), self.things.picture()) {
            (Picture::Failed(failure), _) | (_, Picture::Failed(failure)) => {
                let text = format!(
                    "What is attached could not be checked: {}.",
                    failure.summary()
                );
                says(Role::Bad, text)
            }
            (
                Picture::Ready(policies) | Picture::Stale(policies, ..),
                Picture::Ready(things) | Picture::Stale(things, ..),
            ) => (prepared(status, policies, things), None),
            _ => says(Role::Quiet, "Looking at what is attached…".to_owned()),
        }
    }
}

/// What is done before the transfer, by name.
fn prepared(status: ConsoleStatus, policies: &[String], things: &[String]) -> Vec<(Role, String)> {
    let mut steps = Vec::new();
    if status != ConsoleStatus::Inactive {
        steps.push("deactivate it".to_owned());
    }
    for (one, many, names) in [
        ("policy", "policies", policies),
        ("thing", "things", things),
    ] {
        match names {
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
    if status != ConsoleStatus::Inactive {
        lines.push((
            Role::Bad,
            "Devices using it are disconnected within minutes.".to_owned(),
        ));
    }
    if status == ConsoleStatus::PendingActivation {
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

/// The first names of a list, and how many more there are.
pub(super) fn listed(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(NAMES).map(|name| visible(name)).collect();
    let more = names.len().saturating_sub(shown.len());
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}

/// A recipient as it is typed.
pub(super) struct Recipient {
    /// The account, when it can be one.
    pub(super) account: Option<AccountId>,
    /// What stands beside the field.
    pub(super) remark: (Role, String),
    /// Why it cannot be used.
    pub(super) problem: Option<String>,
}

impl Recipient {
    /// Reads what was typed. The own account is refused.
    pub(super) fn typed(typed: &str, own: AccountId, book: &AccountBook) -> Self {
        let refused = |role, remark: String, problem: &str| Self {
            account: None,
            remark: (role, remark),
            problem: Some(problem.to_owned()),
        };
        let missing = "Type the recipient's account number first.";
        match AccountId::parse(typed) {
            Ok(account) if account == own => refused(
                Role::Bad,
                "this is the certificate's own account".to_owned(),
                "Type another account than the certificate's own.",
            ),
            Ok(account) => Self {
                account: Some(account),
                remark: match book.name(account) {
                    Some(name) => (
                        Role::Good,
                        format!("{}  {}", account.grouped(), visible(name)),
                    ),
                    None => (Role::Bad, format!("{}  unknown account", account.grouped())),
                },
                problem: None,
            },
            Err(_) if typed.is_empty() => refused(Role::Quiet, "12 digits".to_owned(), missing),
            Err(e) => refused(Role::Bad, e.to_string(), missing),
        }
    }
}

/// What stands beside a message or reason, and why it cannot be sent.
pub(super) fn message_remark(message: &str) -> ((Role, String), Option<String>) {
    let length = message.chars().count();
    if length > MESSAGE_LIMIT {
        let over = length.saturating_sub(MESSAGE_LIMIT);
        let remark = format!("{over} too many: at most {MESSAGE_LIMIT} characters");
        let problem = format!("The text is too long: {over} too many.");
        return ((Role::Bad, remark), Some(problem));
    }
    let count = if length == 0 {
        "optional".to_owned()
    } else {
        format!("{length} of {MESSAGE_LIMIT}")
    };
    ((Role::Quiet, count), None)
}
