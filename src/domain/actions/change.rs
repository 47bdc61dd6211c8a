//! A change: one call of AWS IoT that changes a certificate, or what is attached to it.

use crate::domain::{
    actions::{operation::Operation, resource::Resource},
    certificate::{
        attachment::Attachment,
        description::{CertificateId, CertificateStatus},
    },
    place::{account::AccountId, arn::CertificateArn},
    text::visible,
};

/// The longest transfer message or reject reason AWS takes, in characters (botocore's model of
/// `TransferCertificate` and `RejectCertificateTransfer`).
pub const MESSAGE_LIMIT: usize = 128;

/// What is changed, without the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Lets devices connect.
    Activate,
    /// Stops devices from connecting.
    Deactivate,
    /// Makes the certificate unusable for ever.
    Revoke,
    /// Makes AWS IoT forget the certificate.
    Delete,
    /// Attaches a policy or a thing. A thing is attached as its [`ThingRef`](crate::domain::ThingRef) says.
    Attach(Attachment),
    /// Detaches a policy, or a thing: AWS takes some seconds for a thing.
    Detach(Attachment),
    /// Offers the certificate to another account.
    Transfer {
        /// The recipient.
        to: AccountId,
        /// What the recipient reads, at most 128 characters. Foreign text.
        message: Option<String>,
    },
    /// Takes an offered certificate.
    Accept {
        /// Whether to activate it in the same call.
        activate: bool,
    },
    /// Sends an offered certificate back.
    Reject {
        /// What the sender reads, at most 128 characters.
        reason: Option<String>,
    },
    /// Takes an offer back: the console's "Revoke transfer".
    CancelTransfer,
    /// Creates what the certificate needs in this account. Nothing that is there is changed.
    Create(Resource),
    /// Adds a thing of the certificate to a group that is there.
    Join {
        /// The thing's name. Foreign text.
        thing: String,
        /// The group's name. Foreign text.
        group: String,
    },
    /// Deletes a policy or a thing that a hand-over of the certificate has created, and that nothing uses.
    Remove(Attachment),
}

/// A change of a certificate. It names everything it touches, so that what is sent is what a dialog
/// named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutation {
    /// The certificate, in the account that owns it or that it is offered to.
    pub certificate: CertificateArn,
    /// What is changed.
    pub change: Change,
}

/// What AWS shows once a change is made. Whoever asks whether it was made, or shows it, goes by this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows<'a> {
    /// The certificate has this status.
    Status(CertificateStatus),
    /// The attachment is listed, or is not listed any more.
    Listed(&'a Attachment, bool),
    /// The certificate is among the outgoing transfers.
    Offered {
        /// The recipient.
        to: AccountId,
        /// What the recipient reads. Foreign text.
        message: Option<&'a str>,
    },
    /// The certificate is the account's own.
    Accepted {
        /// Whether it is active, or else inactive.
        active: bool,
    },
    /// The certificate is back from the outgoing transfers, inactive.
    TakenBack,
    /// The account neither has the certificate nor is offered it.
    Gone,
    /// The account has something that was created.
    Exists(&'a Resource),
    /// A thing is in a group.
    Joined,
    /// The account does not have a policy or a thing any more.
    Removed(&'a Attachment),
}

/// The value of a parameter of the AWS CLI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::domain) enum Value {
    Text(String),
    /// A structure, which the AWS CLI takes as JSON.
    Json(serde_json::Value),
    /// A flag that is set.
    Yes,
}

/// A command of the AWS CLI, and its parameters by the names that the AWS CLI gives them.
pub(in crate::domain) type CliCommand = (&'static str, Vec<(&'static str, Value)>);

impl Change {
    /// This change of a certificate.
    pub fn of(self, certificate: CertificateArn) -> Mutation {
        Mutation {
            certificate,
            change: self,
        }
    }

    /// The API operation that does it.
    pub const fn operation(&self) -> Operation {
        match self {
            Self::Activate | Self::Deactivate | Self::Revoke => Operation::UpdateCertificate,
            Self::Delete => Operation::DeleteCertificate,
            Self::Attach(Attachment::Policy(_)) => Operation::AttachPolicy,
            Self::Attach(Attachment::Thing(_)) => Operation::AttachThingPrincipal,
            Self::Detach(Attachment::Policy(_)) => Operation::DetachPolicy,
            Self::Detach(Attachment::Thing(_)) => Operation::DetachThingPrincipal,
            Self::Transfer { .. } => Operation::TransferCertificate,
            Self::Accept { .. } => Operation::AcceptCertificateTransfer,
            Self::Reject { .. } => Operation::RejectCertificateTransfer,
            Self::CancelTransfer => Operation::CancelCertificateTransfer,
            Self::Create(Resource::Policy { .. }) => Operation::CreatePolicy,
            Self::Create(Resource::ThingType { .. }) => Operation::CreateThingType,
            Self::Create(Resource::Thing { .. }) => Operation::CreateThing,
            Self::Join { .. } => Operation::AddThingToThingGroup,
            Self::Remove(Attachment::Policy(_)) => Operation::DeletePolicy,
            Self::Remove(Attachment::Thing(_)) => Operation::DeleteThing,
        }
    }

    /// What AWS shows once it is made.
    pub fn shows(&self) -> Shows<'_> {
        match self {
            Self::Activate => Shows::Status(CertificateStatus::Active),
            Self::Deactivate => Shows::Status(CertificateStatus::Inactive),
            Self::Revoke => Shows::Status(CertificateStatus::Revoked),
            Self::Attach(attachment) => Shows::Listed(attachment, true),
            Self::Detach(attachment) => Shows::Listed(attachment, false),
            Self::Transfer { to, message } => Shows::Offered {
                to: *to,
                message: message.as_deref(),
            },
            Self::Accept { activate } => Shows::Accepted { active: *activate },
            Self::Reject { .. } | Self::Delete => Shows::Gone,
            Self::CancelTransfer => Shows::TakenBack,
            Self::Create(resource) => Shows::Exists(resource),
            Self::Join { .. } => Shows::Joined,
            Self::Remove(it) => Shows::Removed(it),
        }
    }

    /// Whether a second call does no harm when the first one's answer was lost. The four transfer
    /// operations and the deletion have no idempotency token: a repeated one can fail because the first
    /// succeeded.
    pub fn repeatable(&self) -> bool {
        match self.shows() {
            Shows::Status(_)
            | Shows::Listed(..)
            | Shows::Exists(_)
            | Shows::Joined
            | Shows::Removed(_) => true,
            Shows::Offered { .. } | Shows::Accepted { .. } | Shows::TakenBack | Shows::Gone => {
                false
            }
        }
    }

    /// Whether another account sees it: it begins or ends a transfer.
    pub const fn crosses(&self) -> bool {
        match self {
            Self::Transfer { .. }
            | Self::Accept { .. }
            | Self::Reject { .. }
            | Self::CancelTransfer => true,
            Self::Activate
            | Self::Deactivate
            | Self::Revoke
            | Self::Delete
            | Self::Attach(_)
            | Self::Detach(_)
            | Self::Create(_)
            | Self::Join { .. }
            | Self::Remove(_) => false,
        }
    }

    /// Whether it ends a transfer, on either side.
    pub const fn ends_transfer(&self) -> bool {
        self.crosses() && !matches!(self, Self::Transfer { .. })
    }

    /// Whether it can never be undone. The journal keeps the certificate itself then.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Revoke | Self::Delete)
    }

    /// It as a step of a run, in a few words.
    pub fn words(&self) -> String {
        match self {
            Self::Activate => "activate".to_owned(),
            Self::Deactivate => "deactivate".to_owned(),
            Self::Revoke => "revoke for ever".to_owned(),
            Self::Delete => "delete".to_owned(),
            Self::Detach(it) => format!("detach {} {}", it.word(), visible(it.name())),
            Self::Attach(it) => format!("attach {} {}", it.word(), visible(it.name())),
            Self::Transfer { to, .. } => format!("transfer to {}", to.grouped()),
            Self::CancelTransfer => "take the offer back".to_owned(),
            Self::Accept { activate: false } => "accept".to_owned(),
            Self::Accept { activate: true } => "accept and activate".to_owned(),
            Self::Reject { .. } => "reject".to_owned(),
            Self::Create(resource) => format!("create {}", resource.words()),
            Self::Join { thing, group } => {
                format!("add {} to group {}", visible(thing), visible(group))
            }
            Self::Remove(it) => format!("delete {} {}", it.word(), visible(it.name())),
        }
    }

    /// The AWS CLI's command for it.
    pub(in crate::domain) fn command(&self, certificate: &CertificateArn) -> CliCommand {
        let text = |value: &dyn ToString| Value::Text(value.to_string());
        let id = ("certificate-id", text(&certificate.id));
        let status = |word: &str| {
            let status = ("new-status", Value::Text(word.to_owned()));
            ("update-certificate", vec![id.clone(), status])
        };
        let policy = |command, name: &String| {
            let target = ("target", text(certificate));
            (command, vec![target, ("policy-name", text(name))])
        };
        let thing = |command, name: &String| {
            let principal = ("principal", text(certificate));
            (command, vec![principal, ("thing-name", text(name))])
        };
        match self {
            Self::Activate => status("ACTIVE"),
            Self::Deactivate => status("INACTIVE"),
            Self::Revoke => status("REVOKED"),
            Self::Delete => ("delete-certificate", vec![id]),
            Self::Attach(Attachment::Policy(name)) => policy("attach-policy", name),
            Self::Detach(Attachment::Policy(name)) => policy("detach-policy", name),
            Self::Attach(Attachment::Thing(it)) => {
                let (command, mut parameters) = thing("attach-thing-principal", &it.name);
                let principal_type = it.principal_type.map(|it| text(&it.api_name()));
                parameters.extend(principal_type.map(|it| ("thing-principal-type", it)));
                (command, parameters)
            }
            Self::Detach(Attachment::Thing(it)) => thing("detach-thing-principal", &it.name),
            Self::Transfer { to, message } => {
                let mut parameters = vec![id, ("target-aws-account", text(to))];
                parameters.extend(message.iter().map(|it| ("transfer-message", text(it))));
                ("transfer-certificate", parameters)
            }
            Self::Accept { activate } => {
                let mut parameters = vec![id];
                parameters.extend(activate.then_some(("set-as-active", Value::Yes)));
                ("accept-certificate-transfer", parameters)
            }
            Self::Reject { reason } => {
                let mut parameters = vec![id];
                parameters.extend(reason.iter().map(|it| ("reject-reason", text(it))));
                ("reject-certificate-transfer", parameters)
            }
            Self::CancelTransfer => ("cancel-certificate-transfer", vec![id]),
            Self::Create(resource) => create(resource),
            Self::Remove(Attachment::Policy(name)) => {
                ("delete-policy", vec![("policy-name", text(name))])
            }
            Self::Remove(Attachment::Thing(it)) => {
                ("delete-thing", vec![("thing-name", text(&it.name))])
            }
            Self::Join { thing, group } => {
                let group = ("thing-group-name", text(group));
                (
                    "add-thing-to-thing-group",
                    vec![group, ("thing-name", text(thing))],
                )
            }
        }
    }
}

/// The AWS CLI's command that creates something.
fn create(resource: &Resource) -> CliCommand {
    let text = |value: &String| Value::Text(value.clone());
    match resource {
        Resource::Policy { name, document } => (
            "create-policy",
            vec![
                ("policy-name", text(name)),
                ("policy-document", text(document)),
            ],
        ),
        Resource::ThingType { name, properties } => {
            let mut parameters = vec![("thing-type-name", text(name))];
            let mut said = serde_json::Map::new();
            if let Some(description) = &properties.description {
                let description = description.as_str().into();
                said.insert("thingTypeDescription".to_owned(), description);
            }
            if !properties.searchable.is_empty() {
                let searchable = properties.searchable.clone().into();
                said.insert("searchableAttributes".to_owned(), searchable);
            }
            if !said.is_empty() {
                parameters.push(("thing-type-properties", Value::Json(said.into())));
            }
            ("create-thing-type", parameters)
        }
        Resource::Thing {
            name,
            type_name,
            attributes,
        } => {
            let mut parameters = vec![("thing-name", text(name))];
            parameters.extend(type_name.iter().map(|it| ("thing-type-name", text(it))));
            if !attributes.is_empty() {
                let attributes = attributes.iter().cloned();
                let attributes: serde_json::Map<String, serde_json::Value> = attributes
                    .map(|(name, value)| (name, value.into()))
                    .collect();
                let payload = serde_json::json!({ "attributes": attributes });
                parameters.push(("attribute-payload", Value::Json(payload)));
            }
            ("create-thing", parameters)
        }
    }
}

impl Mutation {
    /// The certificate that changes.
    pub const fn id(&self) -> CertificateId {
        self.certificate.id
    }
}

/// A change that was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// AWS's number of the call, for a support case.
    pub request_id: Option<String>,
    /// Set when the call's own answer was lost and AWS's state, asked afterwards, shows that the
    /// change was made.
    pub confirmed_afterwards: bool,
}
