//! Which kind is in sight, what was read of each, and where the cursor is.

use std::collections::BTreeMap;

use strum::IntoEnumIterator as _;

use crate::{
    domain::{
        AttachmentTargets, Failure, FailureKind, Finder, Named, NamedKind, NamedPart, Place,
        Timestamp, is_thing_name,
    },
    tui::{known::remote::Remote, pages::inventory::shelf::Shelf},
};

/// What the page is open for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InventoryUse {
    /// To see what exists.
    Look,
    /// To choose what certificates are found by.
    Find,
    /// To choose a name for the last word of the filter that is typed.
    Complete,
}

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InventoryTab {
    /// What exists of a kind.
    Of(NamedKind),
    /// The filters that were saved.
    Saved,
}

impl InventoryTab {
    /// All of them, in their order.
    pub fn all() -> Vec<Self> {
        let kinds = NamedKind::iter().map(Self::Of);
        kinds.chain([Self::Saved]).collect()
    }
}

/// A row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InventoryRow<'a> {
    /// What is typed, which may be a name that was not read.
    Typed(&'a str),
    /// Something that exists.
    Named(&'a Named),
    /// A filter that was saved. Foreign text.
    Saved(&'a str),
}

impl<'a> InventoryRow<'a> {
    /// Its name, or its words. Foreign text.
    pub fn name(self) -> &'a str {
        match self {
            Self::Typed(text) | Self::Saved(text) => text,
            Self::Named(named) => &named.name,
        }
    }
}

/// The open page.
#[derive(Debug)]
pub struct InventoryView {
    /// What it is open for.
    pub used: InventoryUse,
    /// The part in sight.
    pub tab: InventoryTab,
    /// The account and region.
    pub place: Place,
    /// What is typed to find a row.
    pub typed: String,
    shelves: BTreeMap<NamedKind, Shelf>,
    /// The filters that were saved, the newest first.
    pub saved: Remote<Vec<String>>,
    /// What policies and things are attached to, as far as that was asked.
    targets: BTreeMap<(NamedKind, String), AttachmentTargets>,
    /// Why that is not asked any more.
    pub untold: Option<Box<Failure>>,
    selected: Option<String>,
}

/// What stands behind the name of a group when those below it count too.
const BELOW: char = '/';

impl InventoryView {
    /// A page of which nothing was read yet.
    pub fn new(used: InventoryUse, tab: InventoryTab, place: Place, typed: String) -> Self {
        Self {
            used,
            tab,
            place,
            typed,
            shelves: BTreeMap::new(),
            saved: Remote::default(),
            targets: BTreeMap::new(),
            untold: None,
            selected: None,
        }
    }

    /// The kind in sight.
    pub const fn kind(&self) -> Option<NamedKind> {
        match self.tab {
            InventoryTab::Of(kind) => Some(kind),
            InventoryTab::Saved => None,
        }
    }

    /// What was read of the kind in sight.
    pub fn shelf(&self) -> Option<&Shelf> {
        self.shelves.get(&self.kind()?)
    }

    /// What was read of a kind, to be changed.
    pub fn shelf_of(&mut self, kind: NamedKind) -> &mut Shelf {
        self.shelves.entry(kind).or_default()
    }

    /// Takes some of what exists.
    pub fn take(&mut self, kind: NamedKind, part: NamedPart, now: Timestamp) {
        let typed = self.wanted().to_owned();
        self.shelf_of(kind).take(part, &typed, now);
    }

    /// What is typed, without the sign that the groups below count too.
    pub fn wanted(&self) -> &str {
        match self.kind() {
            Some(NamedKind::Group) => self.typed.strip_suffix(BELOW).unwrap_or(&self.typed),
            _ => &self.typed,
        }
    }

    /// Whether the groups below the chosen one count too.
    pub fn takes_below(&self) -> bool {
        self.kind() == Some(NamedKind::Group) && self.typed.ends_with(BELOW)
    }

    /// Another text is typed.
    pub fn find(&mut self, typed: String) {
        self.typed = typed;
        self.selected = None;
        self.sort_out();
    }

    fn sort_out(&mut self) {
        let wanted = self.wanted().to_owned();
        if let Some(kind) = self.kind() {
            self.shelf_of(kind).find(&wanted);
        }
    }

    /// The next part, or the one before.
    pub fn turn(&mut self, by: isize) {
        let all = InventoryTab::all();
        let at = all.iter().position(|it| *it == self.tab).unwrap_or(0);
        let n = isize::try_from(all.len()).unwrap_or(1);
        let at = isize::try_from(at).unwrap_or(0);
        let to = usize::try_from(at.saturating_add(by).rem_euclid(n)).ok();
        if let Some(tab) = to.and_then(|to| all.get(to)) {
            self.tab = *tab;
        }
        self.selected = None;
        self.sort_out();
    }

    /// The word of a filter that finds by a row. A name may be none that a filter can have.
    pub fn word(&self, row: InventoryRow<'_>) -> Option<Finder> {
        let kind = self.kind()?;
        let below = if self.takes_below() { "/" } else { "" };
        let name = match row {
            InventoryRow::Typed(text) => text.strip_suffix(BELOW).unwrap_or(text),
            other => other.name(),
        };
        Finder::parse(&format!("{}:{name}{below}", kind.key()))?.ok()
    }

    /// What is typed, when it may be a name: not all names were read, and none of those is it.
    fn typed_row(&self) -> Option<InventoryRow<'_>> {
        let row = InventoryRow::Typed(&self.typed);
        let wanted = self.wanted();
        let known = |shelf: &Shelf| shelf.is_whole() || shelf.has(wanted);
        let known = self.shelf().is_some_and(known);
        let may_be = self.used != InventoryUse::Look && !wanted.is_empty() && !known;
        (may_be && self.word(row).is_some()).then_some(row)
    }

    /// The rows, from one on.
    pub fn rows(&self, from: usize) -> Box<dyn Iterator<Item = InventoryRow<'_>> + '_> {
        let Some(here) = self.shelf() else {
            if self.tab != InventoryTab::Saved {
                return Box::new(self.typed_row().into_iter().skip(from));
            }
            let typed = self.typed.to_lowercase();
            let saved = self.saved.value().into_iter().flatten();
            let matching = saved.filter(move |it| it.to_lowercase().contains(&typed));
            let rows = matching.map(|it| InventoryRow::Saved(it));
            return Box::new(rows.skip(from));
        };
        match self.typed_row() {
            Some(row) if from == 0 => {
                let named = here.rows(0).map(InventoryRow::Named);
                Box::new(std::iter::once(row).chain(named))
            }
            Some(_) => Box::new(here.rows(from.saturating_sub(1)).map(InventoryRow::Named)),
            None => Box::new(here.rows(from).map(InventoryRow::Named)),
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self.shelf() {
            Some(here) => {
                let (_, shown) = here.count();
                shown.saturating_add(usize::from(self.typed_row().is_some()))
            }
            None => self.rows(0).count(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows(0).next().is_none()
    }

    /// Where the cursor is.
    pub fn position(&self) -> usize {
        let selected = self.selected.as_ref();
        let at = selected.and_then(|name| self.rows(0).position(|row| row.name() == name));
        at.unwrap_or(0)
    }

    /// The row that the cursor is on.
    pub fn selected(&self) -> Option<InventoryRow<'_>> {
        self.rows(self.position()).next()
    }

    /// Moves the cursor.
    pub fn move_by(&mut self, rows_down: isize) {
        let last = self.len().saturating_sub(1);
        let to = self.position().saturating_add_signed(rows_down).min(last);
        let selected = self.rows(to).next().map(|row| row.name().to_owned());
        self.selected = selected;
    }

    /// The first row in sight, when `height` are.
    pub fn top(&self, height: usize) -> usize {
        let after = self.position().saturating_add(1);
        after.saturating_sub(height.max(1))
    }

    /// Why nothing could be read of the part in sight.
    pub fn failure(&self) -> Option<&Failure> {
        match self.shelf() {
            None => self.saved.failure(),
            Some(here) if self.is_empty() => here.reading.failure(),
            Some(_) => None,
        }
    }

    /// What could not be read is asked for again.
    pub fn try_again(&mut self) {
        match self.kind() {
            Some(kind) => {
                self.shelves.remove(&kind);
            }
            None => self.saved = Remote::default(),
        }
    }

    /// What a row is attached to, as far as that is known.
    pub fn targets(&self, name: &str) -> Option<&AttachmentTargets> {
        self.targets.get(&(self.kind()?, name.to_owned()))
    }

    /// The first row in sight of which it is to be asked what it is attached to, when `height` are.
    pub fn to_ask(&self, height: usize) -> Option<(NamedKind, String)> {
        let kind = self.kind().filter(|it| it.has_targets())?;
        if self.used != InventoryUse::Look || self.untold.is_some() {
            return None;
        }
        let in_sight = self.rows(self.top(height)).take(height);
        let mut names = in_sight.map(|row| row.name().to_owned());
        let name = names.find(|name| self.targets(name).is_none())?;
        Some((kind, name))
    }

    /// What a row is attached to came, or failed to.
    pub fn held(
        &mut self,
        kind: NamedKind,
        name: String,
        answer: Result<AttachmentTargets, Box<Failure>>,
    ) {
        match answer {
            Ok(targets) => {
                self.targets.insert((kind, name), targets);
            }
            // One that is gone is no reason not to ask about the others.
            Err(failure) if failure.kind == FailureKind::NotFound => {
                self.targets
                    .insert((kind, name), AttachmentTargets::default());
            }
            Err(failure) => self.untold = Some(failure),
        }
    }

    /// With which beginning names are to be asked for anew, since more exist than were read and AWS can look for them.
    pub fn asks_again(&self) -> Option<String> {
        let here = self.shelf().filter(|it| it.reading.value().is_some())?;
        let wanted = self.wanted();
        let other = wanted != here.beginning;
        let narrower = here.more && wanted.starts_with(&here.beginning);
        let wider = !wanted.starts_with(&here.beginning);
        let can = self.used != InventoryUse::Look && self.kind() == Some(NamedKind::Group);
        let is_name = wanted.is_empty() || is_thing_name(wanted);
        (can && is_name && other && (narrower || wider)).then(|| wanted.to_owned())
    }
}
