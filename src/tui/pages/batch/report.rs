//! The outcome of a batch as a table (RFC 4180).

use time::format_description::well_known::Rfc3339;

use crate::{
    domain::{Item, RunOutcome, table},
    tui::{
        pages::batch::{rows::item_line, state::BatchState},
        text::words::{procedure_label, remark},
    },
};

/// The outcome as CSV (RFC 4180), a row a certificate.
pub fn csv(run: &BatchState) -> String {
    let account = run.place.place.account.to_string();
    let began = run.tally.began.format(&Rfc3339).unwrap_or_default();
    let to = run
        .tally
        .procedure
        .recipient()
        .map_or_else(String::new, |to| to.to_string());
    let row = |item: &Item| {
        let (outcome, detail) = match &item.outcome {
            Some(RunOutcome::Done) => {
                let remarks: Vec<String> = item.remarks.iter().map(remark).collect();
                ("done", remarks.join("; "))
            }
            Some(RunOutcome::Refused(why)) => ("refused", why.to_string()),
            Some(RunOutcome::Stopped(_)) => ("stopped", item_line(item).1),
            Some(RunOutcome::Cancelled { begun: true }) => ("cancelled", "begun".to_owned()),
            Some(RunOutcome::Cancelled { begun: false }) => ("cancelled", "not begun".to_owned()),
            None if run.tally.ended.is_some() => ("not begun", String::new()),
            None => ("running", String::new()),
        };
        [
            item.id.to_string(),
            account.clone(),
            run.place.place.region.clone(),
            began.clone(),
            procedure_label(&run.tally.procedure).to_owned(),
            to.clone(),
            outcome.to_owned(),
            detail,
        ]
    };
    let heads = [
        "certificate_id",
        "account",
        "region",
        "began",
        "action",
        "recipient",
        "outcome",
        "detail",
    ];
    table::csv(heads, run.tally.items().iter().map(row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            AccountId, Batch, CertificateId, FailureKind, Place, Procedure, Progress, Reason,
            RequestId, StepFailure,
        },
        tui::pages::batch::state::BatchPlace,
    };

    #[test]
    fn the_report_is_a_table_that_no_name_can_break() {
        let account = |digits| AccountId::parse(digits).unwrap();
        let ids = [1, 2, 3].map(|byte| CertificateId::from_bytes([byte; 32]));
        let place = BatchPlace {
            words: "here".to_owned(),
            place: Place::aws("us-east-1", account("111122223333")),
            profile: None,
            endpoint: None,
        };
        let batch = Batch {
            place: place.place.clone(),
            procedure: Procedure::PrepareAndTransfer {
                to: account("444455556666"),
                message: None,
            },
            certificates: ids.to_vec(),
            looks: Vec::new(),
            planned: Vec::new(),
            shown: Vec::new(),
            beside: None,
            recipe: None,
        };
        let began = time::macros::datetime!(2026-11-24 10:15:00 UTC);
        let mut run = BatchState::new(RequestId(1), place, None, &batch, began);
        let ended = [
            RunOutcome::Done,
            RunOutcome::Refused(Reason::NotReady("=cmd(),\"x\"\r\n\u{1b}[2J".to_owned())),
            RunOutcome::Stopped(StepFailure {
                kind: FailureKind::Throttled,
                text: "throttled".to_owned(),
                ambiguous: false,
            }),
        ];
        for (id, outcome) in ids.into_iter().zip(ended) {
            run.tally.report(Progress::Ended { id, outcome }, began);
        }
        let start =
            r#""111122223333","us-east-1","2026-11-24T10:15:00Z","Start transfer","444455556666""#;
        let head = r#""certificate_id","account","region","began","action","recipient","outcome","detail""#;
        let [one, two, three] = ids;
        let wanted = [
            head.to_owned(),
            format!(r#""{one}",{start},"done","""#),
            format!(r#""{two}",{start},"refused","'=cmd(),""x""\r\n\x1b[2J""#),
            format!(r#""{three}",{start},"stopped","✗ throttled""#),
        ];
        assert_eq!(csv(&run), wanted.join("\r\n") + "\r\n");
    }
}
