//! Which part is in sight, and where the cursor is.

use strum::IntoEnumIterator as _;

use crate::{
    domain::CertificateId,
    tui::known::{context::Context, reports::Report},
};

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumIter)]
pub enum Folder {
    /// What is offered to the account.
    #[default]
    Inbox,
    /// What it offers, and what came back.
    Outbox,
    /// What a watch has reported.
    Reports,
}

/// The open page.
#[derive(Debug, Default)]
pub struct TransfersView {
    /// The part in sight.
    pub folder: Folder,
    selected: Option<TransferRow>,
}

/// What a row is about. The cursor stays on it, whatever comes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferRow {
    /// A certificate in transfer, or one that came back.
    Certificate(CertificateId),
    /// A report, by its number: there may be several of one certificate.
    Report(usize),
}

impl TransfersView {
    /// The next part, or the one before.
    pub fn turn(&mut self, by: isize) {
        let all: Vec<Folder> = Folder::iter().collect();
        let at = all.iter().position(|it| *it == self.folder).unwrap_or(0);
        let n = isize::try_from(all.len()).unwrap_or(1);
        let to = isize::try_from(at)
            .unwrap_or(0)
            .saturating_add(by)
            .rem_euclid(n);
        let to = usize::try_from(to).ok().and_then(|to| all.get(to));
        self.folder = to.copied().unwrap_or_default();
        self.selected = None;
    }

    /// The rows, in their order.
    pub fn rows(&self, cx: &Context<'_>) -> Vec<TransferRow> {
        let certificates = match self.folder {
            Folder::Inbox => cx.list.incoming().to_vec(),
            Folder::Outbox => {
                let mut rows = cx.list.outgoing_by_age();
                rows.extend(cx.list.returned());
                rows
            }
            // The newest first.
            Folder::Reports => {
                let reports = cx.reports.iter().rev();
                return reports.map(|it| TransferRow::Report(it.number)).collect();
            }
        };
        let rows = certificates.into_iter();
        rows.map(TransferRow::Certificate).collect()
    }

    /// Where the cursor is among these rows.
    pub fn position(&self, rows: &[TransferRow]) -> usize {
        let selected = self.selected.as_ref();
        let at = selected.and_then(|key| rows.iter().position(|row| row == key));
        at.unwrap_or(0)
    }

    /// The certificate that the cursor is on.
    pub fn selected(&self, cx: &Context<'_>) -> Option<CertificateId> {
        let rows = self.rows(cx);
        rows.get(self.position(&rows))?.certificate(cx)
    }

    /// Moves the cursor.
    pub fn move_by(&mut self, rows_down: isize, cx: &Context<'_>) {
        let rows = self.rows(cx);
        let last = rows.len().saturating_sub(1);
        let to = self
            .position(&rows)
            .saturating_add_signed(rows_down)
            .min(last);
        self.selected = rows.get(to).copied();
    }
}

impl TransferRow {
    /// The report.
    pub fn report<'a>(&self, cx: &Context<'a>) -> Option<&'a Report> {
        match self {
            Self::Report(number) => cx.reports.iter().find(|it| it.number == *number),
            Self::Certificate(_) => None,
        }
    }

    /// The certificate that it is about.
    pub fn certificate(&self, cx: &Context<'_>) -> Option<CertificateId> {
        match self {
            Self::Certificate(id) => Some(*id),
            Self::Report(_) => self.report(cx).map(|it| it.id),
        }
    }
}
