//! The details of one certificate: three tabs, and what is known for them.

use std::collections::{BTreeMap, BTreeSet};

use strum::{EnumIter, IntoEnumIterator as _};

use crate::{
    domain::{
        Attachment, CertificateArn, CertificateId, CertificateStatus, DecodedCertificate,
        Description, EffectivePolicy, Failure, PolicyRef, PolicySource, Question, Record,
        ThingPrincipalType, ThingRef, Timestamp, ask, decode_pem, text::visible,
    },
    tui::{
        keymap::Command,
        known::remote::{Picture, Remote},
        text::prose::Scroll,
    },
};

/// A tab of the details, from left to right, in the console's order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, EnumIter)]
pub enum Tab {
    /// Everything `DescribeCertificate` returns.
    #[default]
    Details,
    /// The attached policies.
    Policies,
    /// The attached things.
    Things,
    /// The policies that have an effect on devices that use it.
    Effective,
}

impl Tab {
    /// The tab's word.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Details => "Details",
            Self::Policies => "Policies",
            Self::Things => "Things",
            Self::Effective => "Effective policies",
        }
    }

    /// What its rows are, and what is said when there are none.
    pub const fn rows(self) -> (&'static str, &'static str) {
        match self {
            Self::Details => ("details", ""),
            Self::Policies => ("policies", "No policies are attached."),
            Self::Things => ("things", "No things are attached."),
            Self::Effective => (
                "effective policies",
                "No policy has an effect: devices that use it may do nothing.",
            ),
        }
    }

    /// What a key asks for that leads to it.
    pub const fn command(self) -> Command {
        match self {
            Self::Details => Command::DetailsTab,
            Self::Policies => Command::PoliciesTab,
            Self::Things => Command::ThingsTab,
            Self::Effective => Command::EffectiveTab,
        }
    }

    /// Whether its rows are asked for as soon as the details open, or else when it is in sight.
    pub const fn is_always_asked(self) -> bool {
        match self {
            Self::Details | Self::Policies | Self::Things => true,
            // It takes several calls for each thing.
            Self::Effective => false,
        }
    }

    /// Asks AWS for its rows.
    pub fn ask(self, arn: CertificateArn, asker: impl AskRows) {
        match self {
            Self::Details => {}
            Self::Policies => asker.ask_rows(ask::PoliciesOf { arn }, |details, answer, now| {
                details.policies.answered(answer, now);
            }),
            Self::Things => asker.ask_rows(ask::ThingsOf { arn }, Details::things_answered),
            Self::Effective => asker.ask_rows(ask::EffectiveOf { arn }, |details, answer, now| {
                details.effective.answered(answer, now);
            }),
        }
    }

    /// The tab to the right, or the first again.
    pub fn next(self) -> Self {
        Self::iter()
            .find(|tab| *tab > self)
            .unwrap_or(Self::Details)
    }

    /// The tab to the left, or the last again.
    pub fn previous(self) -> Self {
        let left = Self::iter().rfind(|tab| *tab < self);
        left.or_else(|| Self::iter().next_back()).unwrap_or(self)
    }
}

/// What a question about a tab's rows brings.
type RowsAnswer<Q> = Result<<Q as Question>::Answer, Box<Failure>>;

/// Asks for the rows of a tab of the details.
pub trait AskRows {
    /// Asks a question; `take` gives its answer to the details, while they are those that asked.
    fn ask_rows<Q: Question + 'static>(
        self,
        question: Q,
        take: fn(&mut Details, RowsAnswer<Q>, Timestamp),
    );
}

/// A row of a tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TabRow {
    /// What it shows. Its name is foreign text.
    pub of: Attachment,
    /// What is said of it.
    pub remark: String,
    /// Why it cannot be detached; `None` when nothing known stands in the way.
    pub fixed: Option<String>,
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
    /// The policies that have an effect.
    effective: Remote<Vec<EffectivePolicy>>,
    /// Things that were detached and are still with how often AWS was asked since.
    pub detaching: BTreeMap<String, u32>,
    /// The things that were found to be detached and were not told yet.
    pub detached: Vec<String>,
    /// The name of the selected row of each tab.
    selected: BTreeMap<Tab, String>,
    /// What is marked, by the tab and the name.
    pub marked: BTreeSet<(Tab, String)>,
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
            effective: Remote::default(),
            detaching: BTreeMap::new(),
            detached: Vec::new(),
            selected: BTreeMap::new(),
            marked: BTreeSet::new(),
            restorable: Remote::default(),
            scroll: Scroll::default(),
        }
    }

    /// Takes a description.
    pub fn described(&mut self, description: Description, now: Timestamp) {
        self.decoded = description.pem.as_deref().map(decode_pem);
        self.description.loaded(description, now);
    }

    /// Every question about it was withdrawn.
    pub fn withdrawn(&mut self) {
        self.description.withdrawn();
        self.policies.withdrawn();
        self.things.withdrawn();
        self.effective.withdrawn();
    }

    /// What is shown cannot be had again, for this reason.
    pub fn gets_old(&mut self, failure: &Failure) {
        self.description.gets_old(failure);
        self.policies.gets_old(failure);
        self.things.gets_old(failure);
        self.effective.gets_old(failure);
    }

    /// The rows of a tab were asked for.
    pub fn asked(&mut self, tab: Tab, now: Timestamp) {
        match tab {
            Tab::Details => {}
            Tab::Policies => self.policies.asked(now),
            Tab::Things => self.things.asked(now),
            Tab::Effective => self.effective.asked(now),
        }
    }

    /// When AWS was last asked for what a tab says, with success.
    pub fn looked_at(&self, tab: Tab) -> Option<Timestamp> {
        match tab {
            Tab::Details => self.description.at(),
            Tab::Policies => self.policies.at(),
            Tab::Things => self.things.at(),
            Tab::Effective => self.effective.at(),
        }
    }

    /// What is known of a tab's rows.
    pub fn picture(&self, tab: Tab) -> Picture<'_, ()> {
        match tab {
            Tab::Details => self.description.picture().without_value(),
            Tab::Policies => self.policies.picture().without_value(),
            Tab::Things => self.things.picture().without_value(),
            Tab::Effective => self.effective.picture().without_value(),
        }
    }

    /// Takes the list of things. One that could not be had counts as a look for what is being detached, so
    /// that the looking ends.
    fn things_answered(&mut self, answer: RowsAnswer<ask::ThingsOf>, now: Timestamp) {
        if let Ok(things) = &answer {
            let listed = |name: &String| things.iter().any(|thing| thing.name == *name);
            let gone = self.detaching.keys().filter(|name| !listed(name));
            self.detached.extend(gone.cloned());
            self.detaching.retain(|name, _| listed(name));
        }
        for looks in self.detaching.values_mut() {
            *looks = looks.saturating_add(1);
        }
        self.things.answered(answer, now);
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

    /// How many rows a tab has; `None` while that is not known, and for a tab without rows.
    pub fn count(&self, tab: Tab) -> Option<usize> {
        match tab {
            Tab::Details => None,
            Tab::Policies => self.policies.value().map(Vec::len),
            Tab::Things => self.things.value().map(Vec::len),
            Tab::Effective => self.effective.value().map(Vec::len),
        }
    }

    /// The rows of a tab, in AWS's order.
    pub fn rows(&self, tab: Tab) -> Vec<TabRow> {
        match tab {
            Tab::Details => Vec::new(),
            Tab::Policies => {
                let row = |policy: &PolicyRef| TabRow {
                    of: Attachment::Policy(policy.name.clone()),
                    remark: String::new(),
                    fixed: None,
                };
                self.policies
                    .value()
                    .into_iter()
                    .flatten()
                    .map(row)
                    .collect()
            }
            Tab::Things => {
                let row = |thing: &ThingRef| TabRow {
                    of: Attachment::thing(thing.name.clone()),
                    remark: self.thing_remark(thing).to_owned(),
                    fixed: (self.is_detaching(&thing.name))
                        .then(|| "it is being detached".to_owned()),
                };
                self.things.value().into_iter().flatten().map(row).collect()
            }
            Tab::Effective => {
                let policies = self.effective.value().into_iter().flatten();
                policies.map(|policy| self.effective_row(policy)).collect()
            }
        }
    }

    /// A policy that has an effect: what is attached elsewhere is not detached from here.
    fn effective_row(&self, policy: &EffectivePolicy) -> TabRow {
        let several = self.things.value().is_some_and(|things| things.len() > 1);
        let source = |source: &PolicySource| match source {
            PolicySource::Certificate => "the certificate".to_owned(),
            PolicySource::ThingGroup { group, thing } if several => {
                format!("group {} for {}", visible(group), visible(thing))
            }
            PolicySource::ThingGroup { group, .. } => format!("group {}", visible(group)),
        };
        let from: Vec<String> = policy.from.iter().map(source).collect();
        let from = if from.is_empty() {
            "not known from where".to_owned()
        } else {
            format!("from {}", from.join(", "))
        };
        let own = policy.from.contains(&PolicySource::Certificate);
        TabRow {
            of: Attachment::Policy(policy.name.clone()),
            fixed: (!own).then(|| from.clone()),
            remark: from,
        }
    }

    fn thing_remark(&self, thing: &ThingRef) -> &'static str {
        match self.detaching.get(&thing.name) {
            Some(looks) if *looks >= LOOKS => "still listed",
            Some(_) => "detaching…",
            None if thing.principal_type == Some(ThingPrincipalType::Exclusive) => "exclusive",
            None => "",
        }
    }

    /// The number of the selected one of the rows of the tab in sight.
    pub fn selected_row(&self, rows: &[TabRow]) -> usize {
        let selected = self.selected.get(&self.tab);
        let row = (rows.iter()).position(|row| Some(row.of.name()) == selected.map(String::as_str));
        row.unwrap_or(0)
    }

    /// The selected row of the tab in sight.
    pub fn selected(&self) -> Option<TabRow> {
        let mut rows = self.rows(self.tab);
        let at = self.selected_row(&rows);
        (at < rows.len()).then(|| rows.swap_remove(at))
    }

    /// Whether an attachment of the tab in sight is marked.
    pub fn is_marked(&self, row: &TabRow) -> bool {
        let key = (self.tab, row.of.name().to_owned());
        self.marked.contains(&key)
    }

    /// The marked rows of the tab in sight, as far as they are still attached.
    pub fn marked_rows(&self) -> Vec<TabRow> {
        let rows = self.rows(self.tab).into_iter();
        rows.filter(|row| self.is_marked(row)).collect()
    }

    /// Marks the selected row, or takes its mark away, and goes to the next.
    pub fn toggle_mark(&mut self) {
        if let Some(row) = self.selected() {
            let key = (self.tab, row.of.name().to_owned());
            if !self.marked.remove(&key) {
                self.marked.insert(key);
            }
            self.move_by(1);
        }
    }

    /// Marks all rows of the tab in sight, or takes these marks away when all of them are marked.
    pub fn toggle_marks(&mut self) {
        let rows = self.rows(self.tab);
        let all = rows.iter().all(|row| self.is_marked(row));
        for row in rows {
            let key = (self.tab, row.of.name().to_owned());
            if all {
                self.marked.remove(&key);
            } else {
                self.marked.insert(key);
            }
        }
    }

    /// Moves the selection of the tab in sight by rows.
    pub fn move_by(&mut self, rows_down: isize) {
        let rows = self.rows(self.tab);
        let last = rows.len().saturating_sub(1);
        let row = self.selected_row(&rows);
        let row = row.saturating_add_signed(rows_down).min(last);
        if let Some(row) = rows.get(row) {
            self.selected.insert(self.tab, row.of.name().to_owned());
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
