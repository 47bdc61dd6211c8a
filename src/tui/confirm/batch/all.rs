//! Every certificate that a dialog is about.

use crate::{
    domain::CertificateId,
    tui::{
        known::context::Context,
        text::prose::{Prose, Role},
    },
};

/// The most rows that a list of certificates shows.
const LISTED: usize = 10_000;

/// Certificates, a row each, with how they stand.
pub fn all_of(cx: &Context<'_>, ids: &[CertificateId]) -> Prose {
    let mut page = Prose::default();
    for id in ids.iter().take(LISTED) {
        let status = cx.status(*id);
        let line = format!("{id}  {} {}", status.symbol(), status.label());
        page.text(Role::Plain, line);
    }
    match ids.len().saturating_sub(LISTED) {
        0 => {}
        n => page.text(Role::Quiet, format!("And {n} more.")),
    }
    page
}
