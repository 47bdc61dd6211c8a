//! What devices are called: of which rows that is known, and of which it is to be asked.

use crate::{
    domain::{
        AccountBook, CertificateId, DeviceName, DeviceView,
        text::{visible, width},
    },
    tui::pages::certificates::list::{CertificateList, store::rows::At},
};

/// So many rows are asked about together: what comes into sight next does not wait long.
const TOGETHER: usize = 8;

/// So many names are offered to complete a word, of so many rows.
const OFFERED: usize = 20;
const LOOKED_AT: usize = 20_000;

impl CertificateList {
    /// Takes names.
    pub fn learn_names(&mut self, names: Vec<DeviceName>, book: &AccountBook) {
        let counts = self.filter.wants_names() || self.order.wants_names();
        for name in names {
            let shown = name.words().map_or(0, |it| width(&visible(it)));
            self.widest_name = self.widest_name.max(shown);
            let Some(at) = self.rows.find_any(name.id) else {
                continue;
            };
            if self.learn_name(at, &name) && counts && self.rows.get(at).is_some() {
                // A row may match now, or stand elsewhere.
                self.note_facts(at, self.order.wants_names());
            }
        }
        self.arrange(book);
    }

    /// How wide the widest name of a device is, in columns.
    pub fn widest_name(&self) -> usize {
        self.widest_name
    }

    /// Takes what was learned of a row; answers whether that was anything new.
    fn learn_name(&mut self, at: At, name: &DeviceName) -> bool {
        let names = self.rows.any(at).map_or(0, |row| row.names);
        let before = self.kept.get(names).map(|it| it.owned(name.id));
        let mut known = before.unwrap_or(DeviceName::unknown(name.id));
        known.learn(name);
        let new = !self.kept.says(names, &known);
        if new {
            let kept = self.kept.keep(&known);
            self.rows.set_names(at, kept);
        }
        new
    }

    fn known(&self, id: CertificateId) -> Option<DeviceView<'_>> {
        let row = self.rows.get(self.rows.find(id)?)?;
        self.device_of(row)
    }

    /// Whether AWS has to be asked what the device of a certificate is called, or until when it is valid.
    pub(super) fn is_nameless(&self, id: CertificateId) -> bool {
        self.known(id)
            .is_none_or(|it| it.wants_subject() || it.wants_thing())
    }

    /// The first rows in sight of which it is not known what their devices are called, when `height` are in sight.
    pub fn nameless_in_sight(&self, height: usize) -> Vec<CertificateId> {
        let rows = self.in_sight(height).map(|(facts, _)| facts.id);
        let nameless = rows.filter(|id| self.is_nameless(*id));
        nameless.take(TOGETHER).collect()
    }

    /// All certificates of which it is not known what their devices are called.
    pub fn nameless(&self) -> Vec<CertificateId> {
        let lacks = |names: u32| {
            let known = self.kept.get(names);
            known.is_none_or(|it| it.wants_subject() || it.wants_thing())
        };
        let rows = self.rows.iter().filter(|(_, row)| lacks(row.names));
        rows.map(|(_, row)| row.id).collect()
    }

    /// What the device of a certificate is called. Foreign text.
    pub fn device(&self, id: CertificateId) -> Option<&str> {
        self.known(id)?.words()
    }

    /// What devices are called whose names begin so, in small letters: of the first rows, in order. Foreign text.
    pub fn devices_beginning(&self, typed: &str) -> Vec<String> {
        let rows = self.all.iter().take(LOOKED_AT);
        let rows = rows.filter_map(|at| self.rows.get(*at));
        let names = rows.filter_map(|row| self.device_of(row)?.words());
        let begins = names.filter(|name| name.to_lowercase().starts_with(typed));
        let mut names: Vec<String> = begins.map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names.truncate(OFFERED);
        names
    }
}
