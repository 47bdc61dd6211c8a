//! What stands between a certificate and its transfer.

use crate::domain::{certificate::description::ConsoleStatus, text::counted_attachments};

/// One line of the checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Nothing in the way.
    Passed,
    /// In the way.
    Failed,
    /// Not known yet.
    Unknown,
}

/// The four preconditions of `TransferCertificate`: the API bars active certificates and attached
/// policies, the Developer Guide's procedure bars attached things as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness {
    /// The certificate's status.
    pub status: ConsoleStatus,
    /// How many policies are attached, when known.
    pub policies: Option<usize>,
    /// How many things are attached, when known.
    pub things: Option<usize>,
}

impl Readiness {
    /// The checklist: what is required, whether it is so, and what is in the way.
    pub fn checks(&self) -> [(&'static str, Check, String); 4] {
        let status = self.status;
        [
            (
                "deactivated",
                match status {
                    ConsoleStatus::Inactive => Check::Passed,
                    _ if status.in_transfer() => Check::Passed,
                    _ => Check::Failed,
                },
                match status {
                    ConsoleStatus::Inactive => String::new(),
                    _ if status.in_transfer() => String::new(),
                    other => format!("it is {}", other.label()),
                },
            ),
            attached("policies", self.policies),
            attached("things", self.things),
            if status == ConsoleStatus::Unknown {
                ("transfer", Check::Unknown, "not known".to_owned())
            } else if status.in_transfer() {
                let what = format!("it is {}", status.label());
                ("transfer", Check::Failed, what)
            } else {
                ("transfer", Check::Passed, "none".to_owned())
            },
        ]
    }

    /// What is in the way, in a few words; `None` when nothing known is.
    pub fn obstacle(&self) -> Option<String> {
        match self.status {
            ConsoleStatus::Inactive => {}
            ConsoleStatus::Active => return Some("it is Active".to_owned()),
            ConsoleStatus::Revoked => return Some("it is Revoked".to_owned()),
            ConsoleStatus::PendingActivation => {
                return Some("it is Pending activation".to_owned());
            }
            other if other.in_transfer() => return Some("in transfer".to_owned()),
            _ => return Some("its status is unknown".to_owned()),
        }
        self.attached()
    }

    /// `3 policies and 2 things are attached`, as far as they are known; `None` when nothing is.
    pub fn attached(&self) -> Option<String> {
        let n = (self.policies.unwrap_or(0)).saturating_add(self.things.unwrap_or(0));
        let verb = if n == 1 { "is" } else { "are" };
        self.attachments().map(|it| format!("{it} {verb} attached"))
    }

    /// What a transfer prepares first, in a few words.
    pub fn preparation(&self) -> Option<String> {
        if self.status == ConsoleStatus::Inactive {
            return self.attachments().map(|it| format!("detaches {it} first"));
        }
        self.obstacle()?;
        let detaches = match (self.policies, self.things) {
            (Some(0), Some(0)) => return Some("deactivates it first".to_owned()),
            // Both kinds in words would be too long for a menu on a narrow screen.
            (Some(policies @ 1..), Some(things @ 1..)) => {
                format!("{} attachments", policies.saturating_add(things))
            }
            _ => self
                .attachments()
                .unwrap_or_else(|| "what it has".to_owned()),
        };
        Some(format!("deactivates it, detaches {detaches}"))
    }

    /// `3 policies and 2 things`, as far as they are known.
    fn attachments(&self) -> Option<String> {
        counted_attachments(self.policies.unwrap_or(0), self.things.unwrap_or(0))
    }
}

fn attached(what: &'static str, n: Option<usize>) -> (&'static str, Check, String) {
    match n {
        None => (what, Check::Unknown, "not known yet".to_owned()),
        Some(0) => (what, Check::Passed, "none".to_owned()),
        Some(n) => (what, Check::Failed, format!("{n} attached")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readiness(status: ConsoleStatus, policies: usize, things: usize) -> Readiness {
        Readiness {
            status,
            policies: Some(policies),
            things: Some(things),
        }
    }

    #[test]
    fn the_obstacle_names_what_is_attached() {
        let obstacle = |p, t| readiness(ConsoleStatus::Inactive, p, t).obstacle();
        assert_eq!(obstacle(0, 0), None);
        assert_eq!(obstacle(1, 0).unwrap(), "1 policy is attached");
        assert_eq!(obstacle(0, 2).unwrap(), "2 things are attached");
        assert_eq!(
            obstacle(2, 1).unwrap(),
            "2 policies and 1 thing are attached"
        );
    }

    #[test]
    fn what_is_prepared_is_said_as_far_as_it_is_known() {
        let said = |status, policies, things| {
            let of = Readiness {
                status,
                policies,
                things,
            };
            of.preparation().unwrap_or_default()
        };
        let (active, inactive) = (ConsoleStatus::Active, ConsoleStatus::Inactive);
        for (status, policies, things, words) in [
            (active, None, None, "deactivates it, detaches what it has"),
            (active, Some(0), Some(0), "deactivates it first"),
            (
                active,
                Some(2),
                Some(0),
                "deactivates it, detaches 2 policies",
            ),
            (
                active,
                Some(2),
                Some(1),
                "deactivates it, detaches 3 attachments",
            ),
            (
                inactive,
                Some(2),
                Some(1),
                "detaches 2 policies and 1 thing first",
            ),
            (
                active,
                Some(0),
                None,
                "deactivates it, detaches what it has",
            ),
            (inactive, Some(0), Some(0), ""),
        ] {
            assert_eq!(said(status, policies, things), words);
        }
    }

    #[test]
    fn only_an_inactive_certificate_can_go() {
        for status in [
            ConsoleStatus::Active,
            ConsoleStatus::Revoked,
            ConsoleStatus::PendingActivation,
            ConsoleStatus::PendingTransfer,
            ConsoleStatus::Transferred,
            ConsoleStatus::Unknown,
        ] {
            assert!(readiness(status, 0, 0).obstacle().is_some(), "{status:?}");
        }
    }

    #[test]
    fn each_status_says_what_is_in_the_way() {
        use ConsoleStatus as S;
        for (status, deactivated, no_transfer, obstacle) in [
            (
                S::Inactive,
                (Check::Passed, ""),
                (Check::Passed, "none"),
                None,
            ),
            (
                S::Active,
                (Check::Failed, "it is Active"),
                (Check::Passed, "none"),
                Some("it is Active"),
            ),
            (
                S::Revoked,
                (Check::Failed, "it is Revoked"),
                (Check::Passed, "none"),
                Some("it is Revoked"),
            ),
            (
                S::PendingActivation,
                (Check::Failed, "it is Pending activation"),
                (Check::Passed, "none"),
                Some("it is Pending activation"),
            ),
            (
                S::Transferred,
                (Check::Passed, ""),
                (Check::Failed, "it is Transferred"),
                Some("in transfer"),
            ),
            (
                S::Unknown,
                (Check::Failed, "it is Unknown"),
                (Check::Unknown, "not known"),
                Some("its status is unknown"),
            ),
        ] {
            let readiness = readiness(status, 0, 0);
            let checks = readiness.checks();
            let of = |n: usize| (checks[n].1, &*checks[n].2);
            assert_eq!((of(0), of(3)), (deactivated, no_transfer), "{status:?}");
            assert_eq!(readiness.obstacle().as_deref(), obstacle, "{status:?}");
        }
    }
}
