//! A refresh: the rows stay as they were until it is complete, and then follow it, some at a time.

use crate::{
    domain::{AccountBook, CertificateId, CertificateStatus, ListedCertificate, Timestamp},
    tui::pages::certificates::list::{
        CertificateList,
        store::rows::{At, Row, RowIs},
    },
};

/// So many rows that change are put in order at once.
const AT_ONCE: usize = 2_048;

/// One that changes takes as long as so many that are looked at.
const A_CHANGE: usize = 8;

/// Seconds since 1970; `i64::MIN` when AWS did not say.
pub(super) fn seconds(created: Option<Timestamp>) -> i64 {
    created.map_or(i64::MIN, Timestamp::unix_timestamp)
}

impl CertificateList {
    /// Begins one, when there are rows that are to stay meanwhile.
    pub(super) fn begin_refresh(&mut self) {
        self.refresh = None;
        if self.rows.any_listed() {
            self.refreshes = self.refreshes.checked_add(1).unwrap_or_else(|| {
                // The numbers begin anew, and must not be taken for those of long ago.
                self.rows.forget_seen();
                1
            });
            self.refresh = Some(Box::default());
        }
    }

    /// Whether all of its pages are there, and the rows follow them.
    pub(super) fn is_ending(&self) -> bool {
        self.refresh.as_ref().is_some_and(|it| it.ends.is_some())
    }

    /// Notes that what is known of a certificate is newer than a refresh, or that it is gone.
    pub(super) fn newer_than_refresh(&mut self, id: CertificateId, is_gone: bool) {
        if let Some(refresh) = &mut self.refresh {
            let (into, out_of) = if is_gone {
                (&mut refresh.gone, &mut refresh.newer)
            } else {
                (&mut refresh.newer, &mut refresh.gone)
            };
            into.insert(id);
            out_of.remove(&id);
        }
    }

    /// Takes a page, if one is under way; otherwise gives it back.
    pub(super) fn refresh_page(
        &mut self,
        page: Vec<ListedCertificate>,
        last: bool,
        now: Timestamp,
    ) -> Option<Vec<ListedCertificate>> {
        let Some(refresh) = &mut self.refresh else {
            return Some(page);
        };
        refresh.seen = refresh.seen.saturating_add(page.len());
        if last {
            refresh.ends = Some((0, now));
        }
        let gone = |id: &CertificateId| refresh.gone.contains(id);
        let page: Vec<ListedCertificate> = page.into_iter().filter(|row| !gone(&row.id)).collect();
        for listed in page {
            let known = self.rows.find_any(listed.id);
            let shown = known.and_then(|at| self.rows.get(at)).copied();
            let at = match (known, shown) {
                // A date never changes, but it may not have been known.
                (Some(at), Some(row)) => {
                    let created = listed
                        .created
                        .map_or(row.created, Timestamp::unix_timestamp);
                    if created != row.created {
                        self.put(Row { created, ..row });
                    }
                    at
                }
                _ => self.rows.put(Row::new(
                    listed.id,
                    seconds(listed.created),
                    listed.status,
                    RowIs::Waiting,
                )),
            };
            self.rows.set_seen(at, listed.status, self.refreshes);
        }
        None
    }

    /// Lets more rows follow the pages. Answers how many it looked at, and whether that was all.
    pub(super) fn end_on(&mut self, most: usize, book: &AccountBook) -> (usize, bool) {
        let Some((from, now)) = self.refresh.as_ref().and_then(|it| it.ends) else {
            return (0, true);
        };
        let numbers = At::try_from(self.rows.numbers()).unwrap_or(At::MAX);
        let mut next = from;
        let mut took = 0_usize;
        while next < numbers && took < most && self.changes.len() < AT_ONCE {
            let before = self.changes.len();
            self.follow_pages(next);
            next = next.saturating_add(1);
            let changed = self.changes.len().saturating_sub(before);
            took = took.saturating_add(changed.saturating_mul(A_CHANGE).saturating_add(1));
        }
        let over = next >= numbers;
        if over {
            self.refresh = None;
            self.listing.loaded((), now);
            self.add_unlisted();
        } else if let Some(refresh) = &mut self.refresh {
            refresh.ends = Some((next, now));
        }
        self.arrange(book);
        (took, over)
    }

    fn follow_pages(&mut self, at: At) {
        let Some(row) = self.rows.any(at).copied() else {
            return;
        };
        let seen = row.seen == self.refreshes;
        let count = |n: &mut usize| *n = n.saturating_add(1);
        let listed = |row: Row| Row {
            status: row.fresh,
            is: RowIs::Listed,
            ..row
        };
        match row.is {
            RowIs::Free => {}
            RowIs::Waiting if seen => {
                count(&mut self.findings.new);
                self.put(listed(row));
            }
            // Of a refresh that did not come to its end.
            RowIs::Waiting => self.rows.remove(at),
            RowIs::Listed | RowIs::Unlisted => {
                let newer = self.refresh.as_ref().map(|it| &it.newer);
                if newer.is_some_and(|it| it.contains(&row.id)) {
                    return;
                }
                if seen {
                    if row.status != row.fresh {
                        count(&mut self.findings.changed);
                    }
                    if row.status != row.fresh || row.is != RowIs::Listed {
                        self.put(listed(row));
                    }
                } else if self.outgoing.contains_key(&row.id) {
                    if row.status != CertificateStatus::PendingTransfer {
                        count(&mut self.findings.changed);
                    }
                    self.put(Row {
                        status: CertificateStatus::PendingTransfer,
                        is: RowIs::Unlisted,
                        ..row
                    });
                } else {
                    count(&mut self.findings.gone);
                    self.take_out(at);
                }
            }
        }
    }
}
