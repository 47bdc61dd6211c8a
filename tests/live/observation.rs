//! What was observed, and what the simulator would have to assume to behave like it.

use std::fmt;

use certferry::simulator::Assumptions;

/// What was seen of one question.
pub(super) struct Observation {
    /// The field of [`Assumptions`], or another name where there is none.
    pub(super) question: &'static str,
    pub(super) seen: String,
    /// Makes the simulator do the same; `None` where it cannot, or where nothing was learnt.
    pub(super) set: Option<Set>,
}

pub(super) type Set = Box<dyn FnOnce(&mut Assumptions) + Send>;

/// All of them, and the assumptions that follow.
pub(super) struct Observations {
    pub(super) rows: Vec<(&'static str, String, bool)>,
    pub(super) assumptions: Assumptions,
}

impl Observations {
    pub(super) fn of(all: Vec<Observation>) -> Self {
        let mut assumptions = Assumptions::default();
        let mut rows = Vec::new();
        for one in all {
            rows.push((one.question, one.seen, one.set.is_some()));
            if let Some(set) = one.set {
                set(&mut assumptions);
            }
        }
        Self { rows, assumptions }
    }

    /// Whether it is known what the simulator has to assume there.
    #[cfg(test)]
    pub(super) fn has_learnt(&self, question: &str) -> bool {
        self.rows
            .iter()
            .any(|(name, _, learnt)| *name == question && *learnt)
    }
}

impl fmt::Display for Observations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nWhat was observed:\n")?;
        for (question, seen, learnt) in &self.rows {
            let mark = if *learnt { ' ' } else { '?' };
            writeln!(f, "{mark} {question:<24} {seen}")?;
        }
        writeln!(
            f,
            "\nThe simulator behaves like that with (rows with ? are its defaults):\n"
        )?;
        writeln!(f, "{:#?}", self.assumptions)
    }
}
