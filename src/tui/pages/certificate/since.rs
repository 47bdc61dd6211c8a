//! What has changed in the details since a person asked for them anew.

use std::collections::BTreeSet;

use crate::{
    domain::{CertificateId, Description, text::counted},
    tui::{
        pages::certificate::details::{Details, Tab},
        text::words::listed,
    },
};

/// What the details said before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenBefore {
    id: CertificateId,
    description: Option<Description>,
    policies: BTreeSet<String>,
    things: BTreeSet<String>,
}

impl Details {
    /// What they say now, to be compared later.
    pub fn seen(&self) -> SeenBefore {
        let policies = self.policies.value().into_iter().flatten();
        let things = self.things.value().into_iter().flatten();
        SeenBefore {
            id: self.id,
            description: self.description.value().cloned(),
            policies: policies.map(|it| it.name.clone()).collect(),
            things: things.map(|it| it.name.clone()).collect(),
        }
    }

    /// Whether AWS is being asked for what they are compared by.
    pub fn is_loading(&self) -> bool {
        let tabs = [
            self.description.loading_since(),
            self.policies.loading_since(),
            self.things.loading_since(),
        ];
        self.awaits_account || tabs.iter().any(Option::is_some)
    }

    /// Whether one of it could not be had again.
    pub fn has_failed(&self) -> bool {
        self.description.failure().is_some()
            || self.policies.failure().is_some()
            || self.things.failure().is_some()
    }

    /// What has changed since, in words; `None` when they were of another certificate or not known.
    pub fn since(&self, before: &SeenBefore) -> Option<String> {
        let now = self.seen();
        let (old, new) = (before.description.as_ref()?, now.description.as_ref()?);
        if before.id != now.id {
            return None;
        }
        let mut changes = Vec::new();
        if old.status != new.status {
            changes.push("its status".to_owned());
        } else if old != new {
            changes.push(format!("something on the tab {}", Tab::Details.label()));
        }
        for (before, now, one, many) in [
            (&before.policies, &now.policies, "policy", "policies"),
            (&before.things, &now.things, "thing", "things"),
        ] {
            for (n, what) in [
                (now.difference(before).count(), "more"),
                (before.difference(now).count(), "gone"),
            ] {
                if n > 0 {
                    changes.push(format!("{} {what}", counted(n, one, many)));
                }
            }
        }
        Some(if changes.is_empty() {
            "Nothing has changed.".to_owned()
        } else {
            format!("Changed: {}.", listed(&changes))
        })
    }
}
