//! Which kind is in sight, what was read of each, and where the cursor is.

use std::collections::BTreeMap;

use strum::IntoEnumIterator as _;

use crate::{
    domain::{
        AttachmentTargets, BELOW, Failure, FailureKind, Finder, KeptFilters, Named, NamedKind,
        NamedPart, Place, Timestamp, is_thing_name,
    },
    tui::{
        known::remote::Remote,
        pages::inventory::shelf::Shelf,
        typing::{STANDS, passed},
    },
};

/// What the page is open for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InventoryUse {
    /// To see what exists.
    Look,
    /// To choose what certificates are found by.
    Find,
    /// To choose a name for the word that the cursor of the filter is in.
    Complete,
}

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InventoryTab {
    /// What exists of a kind.
    Of(NamedKind),
    /// The filters that were used last.
    Recent,
    /// The filters that were saved.
    Saved,
}

impl InventoryTab {
    /// Those that a page has, in their order. A whole filter is no word of another one.
    pub fn all(used: InventoryUse) -> Vec<Self> {
        let kinds = NamedKind::iter().map(Self::Of);
        let filters = [Self::Recent, Self::Saved].into_iter();
        let filters = filters.filter(|_| used != InventoryUse::Complete);
        kinds.chain(filters).collect()
    }
}

/// A row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InventoryRow<'a> {
    /// What is typed, which may be a name that was not read.
    Typed(&'a str),
    /// Something that exists.
    Named(&'a Named),
    /// A filter that was saved, or used before. Foreign text.
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
    /// The filters that are kept, the newest first.
    pub saved: Remote<KeptFilters>,
    /// What AWS has said of what policies and things are attached to.
    targets: BTreeMap<(NamedKind, String), Told>,
    /// Why that is not asked any more.
    untold: BTreeMap<NamedKind, Box<Failure>>,
    /// The row that the cursor is on, by its name; the first one, as long as nothing was in sight.
    selected: Option<String>,
    /// Where that was when it was last looked up.
    selected_at: usize,
    /// When an answer last put another row under the cursor.
    changed: Option<Timestamp>,
}

/// What AWS has said of what something is attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// To these.
    Targets(AttachmentTargets),
    /// It does not exist any more.
    Gone,
    /// It may not be read.
    Denied,
}

/// When so many may not be read, and none may, the others are not asked.
const DENIED: usize = 2;

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
            untold: BTreeMap::new(),
            selected: None,
            selected_at: 0,
            changed: None,
        }
    }

    /// The kind in sight.
    pub const fn kind(&self) -> Option<NamedKind> {
        match self.tab {
            InventoryTab::Of(kind) => Some(kind),
            InventoryTab::Recent | InventoryTab::Saved => None,
        }
    }

    /// The filters of the part in sight, once they were read; `None` where it has none.
    pub fn filters(&self) -> Option<&[String]> {
        let kept = self.saved.value();
        match self.tab {
            InventoryTab::Of(_) => None,
            InventoryTab::Recent => Some(kept.map_or(&[], |kept| &kept.recent)),
            InventoryTab::Saved => Some(kept.map_or(&[], |kept| &kept.saved)),
        }
    }

    /// What was read of the kind in sight.
    pub fn shelf(&self) -> Option<&Shelf> {
        self.shelves.get(&self.kind()?)
    }

    /// Whether anything was asked of a kind.
    pub fn was_asked(&self, kind: NamedKind) -> bool {
        self.shelves.contains_key(&kind)
    }

    /// It is asked for names of a kind that begin so.
    pub fn asked(&mut self, kind: NamedKind, beginning: String, now: Timestamp) {
        let typed = self.wanted().to_owned();
        let here = self.shelves.entry(kind).or_default();
        here.find(&typed);
        here.asked(beginning, now);
    }

    /// When what is in sight was read, once all of it or the first of it was.
    pub fn read_at(&self) -> Option<Timestamp> {
        let here = self.shelf()?;
        here.read_at().filter(|_| !here.is_loading())
    }

    /// Names of a kind came, or why no more can be had.
    pub fn take(
        &mut self,
        kind: NamedKind,
        answer: Result<NamedPart, Box<Failure>>,
        now: Timestamp,
    ) {
        let before = self.under_cursor();
        if let Some(shelf) = self.shelves.get_mut(&kind) {
            match answer {
                Ok(part) => shelf.take(part, now),
                Err(failure) => shelf.failed(failure),
            }
        }
        self.compare(before.as_ref(), now);
    }

    /// Filters that were saved came, or why they cannot be had.
    pub fn take_saved(&mut self, answer: Result<KeptFilters, Box<Failure>>, now: Timestamp) {
        let before = self.under_cursor();
        self.saved.answered(answer, now);
        self.compare(before.as_ref(), now);
    }

    fn under_cursor(&self) -> Option<String> {
        self.selected().map(|row| row.name().to_owned())
    }

    fn compare(&mut self, before: Option<&String>, now: Timestamp) {
        if self.under_cursor().as_ref() != before {
            self.changed = Some(now);
        }
    }

    /// Whether the row under the cursor has stood there long enough to be meant.
    pub fn has_stood(&self, now: Timestamp) -> bool {
        self.changed.is_none_or(|at| passed(at, now) >= STANDS)
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
        self.sort_out();
    }

    /// The cursor goes to the first of the rows that match now.
    fn sort_out(&mut self) {
        (self.selected, self.selected_at) = (None, 0);
        let wanted = self.wanted().to_owned();
        let kind = self.kind();
        if let Some(shelf) = kind.and_then(|kind| self.shelves.get_mut(&kind)) {
            shelf.find(&wanted);
        }
    }

    /// The next part, or the one before. What is still being read of a part that is left is forgotten.
    pub fn turn(&mut self, by: isize) {
        let left = self
            .kind()
            .filter(|_| self.shelf().is_some_and(Shelf::is_loading));
        if let Some(kind) = left {
            self.shelves.remove(&kind);
        }
        let all = InventoryTab::all(self.used);
        let at = all.iter().position(|it| *it == self.tab).unwrap_or(0);
        let n = isize::try_from(all.len()).unwrap_or(1);
        let at = isize::try_from(at).unwrap_or(0);
        let to = usize::try_from(at.saturating_add(by).rem_euclid(n)).ok();
        if let Some(tab) = to.and_then(|to| all.get(to)) {
            self.tab = *tab;
        }
        self.sort_out();
    }

    /// The word of a filter that finds by a row. A name may be none that a filter can have.
    pub fn word(&self, row: InventoryRow<'_>) -> Option<Finder> {
        let kind = self.kind()?;
        let below = self.takes_below().then_some(BELOW);
        let below = below.map_or_else(String::new, String::from);
        Finder::parse(&format!("{}:{}{below}", kind.key(), row.name()))?.ok()
    }

    /// What is typed, when it may be a name: not all names were read, and none of those is it.
    fn typed_row(&self) -> Option<InventoryRow<'_>> {
        let wanted = self.wanted();
        if self.used == InventoryUse::Look || wanted.is_empty() {
            return None;
        }
        let row = InventoryRow::Typed(wanted);
        let known = |it: &Shelf| it.is_whole() || it.has(wanted);
        let known = self.shelf().is_some_and(known);
        (!known && self.word(row).is_some()).then_some(row)
    }

    /// The rows, from one on.
    pub fn rows(&self, from: usize) -> Box<dyn Iterator<Item = InventoryRow<'_>> + '_> {
        let Some(here) = self.shelf() else {
            let Some(filters) = self.filters() else {
                return Box::new(self.typed_row().into_iter().skip(from));
            };
            let typed = self.typed.to_lowercase();
            let matching = filters
                .iter()
                .filter(move |it| it.to_lowercase().contains(&typed));
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

    /// Where the cursor is; nowhere, when the row that it was on is gone.
    pub fn position(&self) -> Option<usize> {
        let Some(name) = &self.selected else {
            return (!self.is_empty()).then_some(0);
        };
        let is_it = |row: InventoryRow<'_>| row.name() == name;
        // Its old place first: it is nearly always there.
        if self.rows(self.selected_at).next().is_some_and(is_it) {
            return Some(self.selected_at);
        }
        self.rows(0).position(is_it)
    }

    /// The row that the cursor is on.
    pub fn selected(&self) -> Option<InventoryRow<'_>> {
        self.rows(self.position()?).next()
    }

    /// Moves the cursor.
    pub fn move_by(&mut self, rows_down: isize) {
        let last = self.len().saturating_sub(1);
        let to = match self.position() {
            Some(from) => from.saturating_add_signed(rows_down),
            // What stood below the row that is gone stands in its place.
            None => self
                .selected_at
                .saturating_add_signed(rows_down - rows_down.signum().max(0)),
        };
        let to = to.min(last);
        let selected = self.rows(to).next().map(|row| row.name().to_owned());
        (self.selected, self.selected_at) = (selected, to);
    }

    /// The first row in sight, when `height` are.
    pub fn top(&self, height: usize) -> usize {
        let after = self.position().unwrap_or(self.selected_at);
        after.saturating_add(1).saturating_sub(height.max(1))
    }

    /// Why nothing, or not all, could be read of the part in sight.
    pub fn failure(&self) -> Option<&Failure> {
        match self.tab {
            InventoryTab::Recent | InventoryTab::Saved => self.saved.failure(),
            InventoryTab::Of(_) => self.shelf()?.failure(),
        }
    }

    /// Whether nothing was read of the part in sight.
    pub fn nothing_read(&self) -> bool {
        match self.tab {
            InventoryTab::Recent | InventoryTab::Saved => self.saved.value().is_none(),
            InventoryTab::Of(_) => self.shelf().is_none_or(|it| it.count().0 == 0),
        }
    }

    /// What could not be read is asked for again.
    pub fn try_again(&mut self) {
        match self.kind() {
            Some(kind) => {
                self.untold.remove(&kind);
                self.targets
                    .retain(|(of, _), told| *of != kind || *told != Told::Denied);
                if self.failure().is_some() {
                    self.shelves.remove(&kind);
                }
            }
            None => self.saved = Remote::default(),
        }
    }

    /// What AWS has said of what a row is attached to.
    pub fn told_of(&self, name: &str) -> Option<&Told> {
        self.targets.get(&(self.kind()?, name.to_owned()))
    }

    /// Why it is not asked any more what the rows in sight are attached to.
    pub fn untold(&self) -> Option<&Failure> {
        self.untold.get(&self.kind()?).map(|failure| &**failure)
    }

    /// Whether it is asked what the rows in sight are attached to.
    pub fn tells_targets(&self) -> bool {
        let has = self.kind().is_some_and(NamedKind::has_targets);
        has && self.used == InventoryUse::Look && self.untold().is_none()
    }

    /// The first row in sight of which it is to be asked what it is attached to, when `height` are.
    pub fn to_ask(&self, height: usize) -> Option<(NamedKind, String)> {
        let kind = self.kind().filter(|_| self.tells_targets())?;
        let in_sight = self.rows(self.top(height)).take(height);
        let mut names = in_sight.map(|row| row.name().to_owned());
        let name = names.find(|name| self.told_of(name).is_none())?;
        Some((kind, name))
    }

    /// What a row is attached to came, or failed to.
    pub fn told(
        &mut self,
        kind: NamedKind,
        name: String,
        answer: Result<AttachmentTargets, Box<Failure>>,
    ) {
        // One that is gone, or may not be read, is no reason not to ask about the others.
        let (told, failure) = match answer {
            Ok(targets) => (Told::Targets(targets), None),
            Err(failure) => match failure.kind {
                FailureKind::NotFound => (Told::Gone, None),
                FailureKind::AccessDenied => (Told::Denied, Some(failure)),
                _ => {
                    self.untold.insert(kind, failure);
                    return;
                }
            },
        };
        self.targets.insert((kind, name), told);
        let of_kind = self.targets.iter().filter(|((of, _), _)| *of == kind);
        let (denied, others): (Vec<_>, Vec<_>) = of_kind
            .map(|(_, told)| told)
            .partition(|told| **told == Told::Denied);
        if let Some(failure) = failure
            && others.is_empty()
            && denied.len() >= DENIED
        {
            self.untold.insert(kind, failure);
        }
    }

    /// With which beginning AWS is to be asked for names, since not all were read and it can look for them.
    pub fn asks_for(&self) -> Option<String> {
        let wanted = self.wanted();
        let can = self.used != InventoryUse::Look && self.kind() == Some(NamedKind::Group);
        let lacks = can && is_thing_name(wanted) && self.shelf()?.lacks(wanted);
        lacks.then(|| wanted.to_owned())
    }
}
