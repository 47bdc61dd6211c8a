//! The details of one certificate: three tabs, and what is known for them.

use std::collections::BTreeMap;

use strum::EnumIter;

use crate::{
    domain::{
        CertificateArn, CertificateId, CertificateStatus, DecodedCertificate, Description,
        PolicyRef, Record, ThingRef, decode_pem,
    },
    tui::{known::remote::Remote, text::prose::Scroll},
};

/// A tab of the details, from left to right, in the console's order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, EnumIter)]
pub enum Tab {
    /// Everything `DescribeCertificate` returns.
    #[default]
    Details,
    /// The attached policies.
    Policies,
    /// The attached things.
    Things,
}

impl Tab {
    /// The tab's word.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Details => "Details",
            Self::Policies => "Policies",
            Self::Things => "Things",
        }
    }

    /// The tab to the right, or the first again.
    pub const fn next(self) -> Self {
        match self {
            Self::Details => Self::Policies,
            Self::Policies => Self::Things,
            Self::Things => Self::Details,
        }
    }

    /// The tab to the left, or the last again.
    pub const fn previous(self) -> Self {
        match self {
            Self::Details => Self::Things,
            Self::Policies => Self::Details,
            Self::Things => Self::Policies,
        }
    }
}

/// How often AWS is asked whether a detached thing is gone. With a second between the questions it
/// is about a minute; AWS says "several seconds".
pub const LOOKS: u32 = 60;

/// The details of one certificate.
#[derive(Debug)]
pub struct Details {
    /// The certificate.
    pub id: CertificateId,
    /// The tab in sight.
    pub tab: Tab,
    /// What `DescribeCertificate` says.
    pub description: Remote<Description>,
    /// The certificate itself, or why it cannot be decoded.
    pub decoded: Option<Result<DecodedCertificate, String>>,
    /// Whether the attachments are to be asked for as soon as the account is known.
    pub awaits_account: bool,
    /// The attached policies.
    pub policies: Remote<Vec<PolicyRef>>,
    /// The attached things.
    pub things: Remote<Vec<ThingRef>>,
    /// Things that were detached and are still with how often AWS was asked since.
    pub detaching: BTreeMap<String, u32>,
    /// The selected policy's name.
    pub policy: Option<String>,
    /// The selected thing's name.
    pub thing: Option<String>,
    /// The run in the journal by which it can be put back, if there is one.
    pub restorable: Remote<Option<Box<Record>>>,
    /// How far the tab Details is scrolled.
    pub scroll: Scroll,
}

impl Details {
    /// The details of a certificate of which nothing is known yet.
    pub fn new(id: CertificateId, tab: Tab) -> Self {
        Self {
            id,
            tab,
            description: Remote::default(),
            decoded: None,
            awaits_account: false,
            policies: Remote::default(),
            things: Remote::default(),
            detaching: BTreeMap::new(),
            policy: None,
            thing: None,
            restorable: Remote::default(),
            scroll: Scroll::default(),
        }
    }

    /// Takes a description.
    pub fn described(&mut self, description: Description, now: crate::domain::Timestamp) {
        self.decoded = description.pem.as_deref().map(decode_pem);
        self.description.loaded(description, now);
    }

    /// Every question about it was withdrawn.
    pub fn withdrawn(&mut self) {
        self.description.withdrawn();
        self.policies.withdrawn();
        self.things.withdrawn();
    }

    /// What is shown cannot be had again, for this reason.
    pub fn gets_old(&mut self, failure: &crate::domain::Failure) {
        self.description.gets_old(failure);
        self.policies.gets_old(failure);
        self.things.gets_old(failure);
    }

    /// Takes the list of things; answers the names of those that were being detached and are gone.
    pub fn things_listed(
        &mut self,
        things: Vec<ThingRef>,
        now: crate::domain::Timestamp,
    ) -> Vec<String> {
        let listed = |name: &String| things.iter().any(|thing| thing.name == *name);
        let gone: Vec<String> = self
            .detaching
            .keys()
            .filter(|name| !listed(name))
            .cloned()
            .collect();
        self.detaching.retain(|name, looks| {
            *looks = looks.saturating_add(1);
            listed(name)
        });
        self.things.loaded(things, now);
        gone
    }

    /// The things could not be listed. That counts as a look, so that the looking ends.
    pub fn things_failed(&mut self, failure: Box<crate::domain::Failure>) {
        for looks in self.detaching.values_mut() {
            *looks = looks.saturating_add(1);
        }
        self.things.failed(failure);
    }

    /// Whether a thing is being detached, as far as AWS is still asked.
    pub fn is_detaching(&self, thing: &str) -> bool {
        self.detaching
            .get(thing)
            .is_some_and(|looks| *looks < LOOKS)
    }

    /// Whether AWS is to be asked again for things that are being detached.
    pub fn awaits_detach(&self) -> bool {
        self.detaching.values().any(|looks| *looks < LOOKS)
    }

    /// The run by which it can be put back.
    pub fn record(&self) -> Option<&Record> {
        self.restorable.value()?.as_deref()
    }

    /// How many of the policies and how many of the things that a run found are not attached now,
    /// and whether it is not active any more, as far as AWS has listed it.
    pub fn lacks(&self, record: &Record) -> (usize, usize, bool) {
        let before = &record.before;
        let policies = self.policies.value().map(Vec::as_slice).unwrap_or_default();
        let things = self.things.value().map(Vec::as_slice).unwrap_or_default();
        let policy = |name: &&String| !policies.iter().any(|it| it.name == **name);
        let thing = |was: &&ThingRef| !things.iter().any(|it| it.name == was.name);
        let status = self.description.value().map(|found| found.status);
        (
            before.policies.iter().filter(policy).count(),
            before.things.iter().filter(thing).count(),
            before.status == CertificateStatus::Active && status != Some(before.status),
        )
    }

    /// Whether AWS has listed that nothing is attached.
    pub fn is_known_bare(&self) -> bool {
        self.policies.value().is_some_and(Vec::is_empty)
            && self.things.value().is_some_and(Vec::is_empty)
    }

    /// The names of the rows of the tab in sight, in AWS's order.
    pub fn names(&self) -> Vec<&str> {
        match self.tab {
            Tab::Details => Vec::new(),
            Tab::Policies => {
                let policies = self.policies.value().map(Vec::as_slice).unwrap_or_default();
                policies.iter().map(|p| p.name.as_str()).collect()
            }
            Tab::Things => {
                let things = self.things.value().map(Vec::as_slice).unwrap_or_default();
                things.iter().map(|t| t.name.as_str()).collect()
            }
        }
    }

    /// The number of the selected row of the tab in sight.
    pub fn selected_row(&self) -> Option<usize> {
        let names = self.names();
        let selected = match self.tab {
            Tab::Policies => self.policy.as_deref(),
            _ => self.thing.as_deref(),
        };
        if names.is_empty() {
            return None;
        }
        Some(
            names
                .iter()
                .position(|name| Some(*name) == selected)
                .unwrap_or(0),
        )
    }

    /// The name of the selected row of the tab in sight.
    pub fn selected_name(&self) -> Option<String> {
        let row = self.selected_row()?;
        self.names().get(row).map(|name| (*name).to_owned())
    }

    /// Moves the selection of the tab in sight by rows.
    pub fn move_by(&mut self, rows_down: isize) {
        let names = self.names();
        let last = names.len().saturating_sub(1);
        let row = self.selected_row().unwrap_or(0);
        let row = row.saturating_add_signed(rows_down).min(last);
        let name = names.get(row).map(|name| (*name).to_owned());
        match self.tab {
            Tab::Policies => self.policy = name,
            Tab::Things => self.thing = name,
            Tab::Details => {}
        }
    }

    /// The certificate's ARN: as AWS gave it, or made from its parts.
    pub fn arn_text(&self, made: Option<&CertificateArn>) -> Option<String> {
        self.description
            .value()
            .and_then(|d| d.arn.clone())
            .or_else(|| made.map(ToString::to_string))
    }
}
