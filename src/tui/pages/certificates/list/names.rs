//! What devices are called: of which rows that is known, and of which it is to be asked.

use crate::{
    domain::{
        AccountBook, CertificateId, DeviceName,
        text::{visible, width},
    },
    tui::pages::certificates::list::CertificateList,
};

/// So many rows are asked about together: what comes into sight next does not wait long.
const TOGETHER: usize = 8;

impl CertificateList {
    /// Takes names.
    pub fn learn_names(&mut self, names: Vec<DeviceName>, book: &AccountBook) {
        let any = !names.is_empty();
        for name in names {
            let shown = name.words().map_or(0, |it| width(&visible(it)));
            self.widest_name = self.widest_name.max(shown);
            let known = self.names.entry(name.id);
            let known = known.or_insert(DeviceName::unknown(name.id));
            known.learn(&name);
        }
        // A row may match now.
        if any && self.filter.wants_names() {
            self.arrange(book);
        }
    }

    /// How wide the widest name of a device is, in columns.
    pub fn widest_name(&self) -> usize {
        self.widest_name
    }

    /// Whether AWS has to be asked what the device of a certificate is called.
    pub(super) fn is_nameless(&self, id: CertificateId) -> bool {
        let known = self.names.get(&id);
        known.is_none_or(|it| it.wants_subject() || it.wants_thing())
    }

    /// The first rows in sight of which it is not known what their devices are called, when `height` are in sight.
    pub fn nameless_in_sight(&self, height: usize) -> Vec<CertificateId> {
        let rows = self.in_sight(height).map(|(facts, _)| facts.id);
        let nameless = rows.filter(|id| self.is_nameless(*id));
        nameless.take(TOGETHER).collect()
    }

    /// All certificates of which it is not known what their devices are called.
    pub fn nameless(&self) -> Vec<CertificateId> {
        let ids = self.rows.iter().map(|row| row.id);
        ids.filter(|id| self.is_nameless(*id)).collect()
    }

    /// What the device of a certificate is called. Foreign text.
    pub fn device(&self, id: CertificateId) -> Option<&str> {
        self.names.get(&id)?.words()
    }
}
