//! What was read so far, and where the cursor is.

use std::time::Duration;

use crate::{
    domain::{
        Alike, ByConcern, CertificateId, Concern, Failure, Obstacle, Place, Survey, SurveyPart,
        Timestamp,
    },
    tui::{known::remote::Remote, pages::belongings::choosing::Choosing},
};

/// How often the certificates are grouped anew while they are read: all of them have to be looked at for it.
const GROUPED_EVERY: Duration = Duration::from_millis(300);

/// The open page.
#[derive(Debug)]
pub struct BelongingsView {
    /// The certificates.
    pub ids: Vec<CertificateId>,
    /// The account that they are in.
    pub place: Place,
    /// What was read.
    pub survey: Survey,
    /// Whether it is being read, and why no more could be.
    pub reading: Remote<()>,
    /// The certificates by what they have in common, as of when they were grouped.
    alike: Vec<Alike>,
    /// The same by what has to be known of them.
    by_concern: ByConcern,
    grouped: Option<Timestamp>,
    selected: Option<RowKey>,
    /// What was read before, when it is read again, to say what has changed since.
    pub before: Option<Box<Survey>>,
    /// What was chosen, when they are to be handed over.
    pub choosing: Option<Choosing>,
}

/// What a row is about. The cursor stays on it, whatever comes before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKey {
    /// Certificates that would be handed over.
    Ready,
    /// Certificates that would not be, and why.
    Hindered(Obstacle),
    /// Certificates of which nothing has to be known.
    Clear,
    /// Certificates of which this has to be known.
    Concern(Concern),
    /// Certificates that are alike, by one of them.
    Alike(CertificateId),
    /// Certificates that are like no other.
    Alone,
    /// Certificates that could not be read.
    NotRead,
    /// A policy.
    Policy(String),
    /// A thing type.
    Type(String),
    /// A thing group.
    Group(String),
    /// A certificate authority.
    Authority(String),
}

impl RowKey {
    /// Whether it counts certificates; others name what they share.
    pub const fn counts(&self) -> bool {
        match self {
            Self::Ready
            | Self::Hindered(_)
            | Self::Clear
            | Self::Concern(_)
            | Self::Alike(_)
            | Self::Alone
            | Self::NotRead => true,
            Self::Policy(_) | Self::Type(_) | Self::Group(_) | Self::Authority(_) => false,
        }
    }
}

impl BelongingsView {
    /// A page for which is being read.
    pub fn new(
        ids: Vec<CertificateId>,
        place: Place,
        choosing: Option<Choosing>,
        now: Timestamp,
    ) -> Self {
        let mut reading = Remote::default();
        reading.asked(now);
        Self {
            survey: Survey::new(ids.len()),
            ids,
            place,
            reading,
            alike: Vec::new(),
            by_concern: ByConcern::default(),
            grouped: None,
            selected: None,
            before: None,
            choosing,
        }
    }

    /// When it was read, once all of it was.
    pub fn read_at(&self) -> Option<Timestamp> {
        let reading = self.reading.loading_since().is_some();
        self.reading.at().filter(|_| !reading)
    }

    /// Takes a part of the answer.
    pub fn take(&mut self, part: SurveyPart, now: Timestamp) {
        self.survey.take(part);
        let due = self.grouped.is_none_or(|at| now - at >= GROUPED_EVERY);
        if self.survey.over || due {
            self.group();
            self.grouped = Some(now);
        }
        if self.survey.over {
            self.reading.loaded((), now);
            self.work_out();
        }
    }

    /// Works out what a hand-over would do.
    pub fn work_out(&mut self) {
        if let Some(choosing) = &mut self.choosing {
            choosing.work_out(&self.survey);
        }
    }

    fn group(&mut self) {
        self.alike = self.survey.alike();
        self.by_concern = self.survey.by_concern(&self.alike);
    }

    /// No more could be read.
    pub fn failed(&mut self, failure: Box<Failure>) {
        self.group();
        self.reading.failed(failure);
    }

    /// The certificates by what they have in common, the most first.
    pub fn alike(&self) -> &[Alike] {
        &self.alike
    }

    /// The certificates by what has to be known of them.
    pub fn by_concern(&self) -> &ByConcern {
        &self.by_concern
    }

    /// Those that are like no other.
    pub fn alone(&self) -> impl Iterator<Item = &Alike> {
        self.alike.iter().filter(|it| it.certificates.len() == 1)
    }

    /// What the rows are about, in their order.
    pub fn rows(&self) -> Vec<RowKey> {
        let survey = &self.survey;
        let choosing = self.choosing.as_ref();
        let ready = choosing
            .filter(|it| !it.ready.is_empty())
            .map(|_| RowKey::Ready);
        let hindered = choosing
            .into_iter()
            .flat_map(|it| it.hindered.keys().cloned());
        let clear = (!self.by_concern.clear.is_empty()).then_some(RowKey::Clear);
        let concerns = self.by_concern.concerning.keys().cloned();
        let not_read = (!survey.not_read.is_empty()).then_some(RowKey::NotRead);
        let many = self.alone().count() > 1;
        let alike = self.alike.iter();
        let alike = alike.filter(|it| !many || it.certificates.len() > 1);
        let alike = alike.filter_map(|it| it.certificates.first().copied());
        let alone = many.then_some(RowKey::Alone);
        (ready.into_iter())
            .chain(hindered.map(RowKey::Hindered))
            .chain(clear)
            .chain(concerns.map(RowKey::Concern))
            .chain(not_read)
            .chain(alike.map(RowKey::Alike))
            .chain(alone)
            .chain(survey.policies.keys().cloned().map(RowKey::Policy))
            .chain(survey.types.keys().cloned().map(RowKey::Type))
            .chain(survey.groups.keys().cloned().map(RowKey::Group))
            .chain(survey.cas.keys().cloned().map(RowKey::Authority))
            .collect()
    }

    /// Where the cursor is among these rows.
    pub fn position(&self, rows: &[RowKey]) -> usize {
        let selected = self.selected.as_ref();
        let at = selected.and_then(|key| rows.iter().position(|row| row == key));
        at.unwrap_or(0)
    }

    /// Moves the cursor.
    pub fn move_by(&mut self, rows_down: isize) {
        let rows = self.rows();
        let last = rows.len().saturating_sub(1);
        let to = self
            .position(&rows)
            .saturating_add_signed(rows_down)
            .min(last);
        self.selected = rows.into_iter().nth(to);
    }

    /// The row that the cursor is on.
    pub fn selected(&self) -> Option<RowKey> {
        let rows = self.rows();
        let at = self.position(&rows);
        rows.into_iter().nth(at)
    }
}
