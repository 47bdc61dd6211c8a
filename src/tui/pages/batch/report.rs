//! The outcome of a batch as a table (RFC 4180).

use time::format_description::well_known::Rfc3339;

use crate::{
    domain::{RunOutcome, text::visible},
    tui::{
        pages::batch::{state::BatchState, words::item_line},
        text::words::{procedure_label, remark},
    },
};

/// The outcome as CSV (RFC 4180), a row a certificate.
pub fn csv(run: &BatchState) -> String {
    let mut table = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let mut write = |fields: [&str; 8]| {
        // Writing to memory cannot fail, and every row has as many fields.
        let _ = table.write_record(fields.map(csv_field));
    };
    write([
        "certificate_id",
        "account",
        "region",
        "began",
        "action",
        "recipient",
        "outcome",
        "detail",
    ]);
    let account = run.place.place.account.to_string();
    let began = run.tally.began.format(&Rfc3339).unwrap_or_default();
    let to = run
        .tally
        .procedure
        .recipient()
        .map_or_else(String::new, |to| to.to_string());
    for item in &run.tally.items {
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
        write([
            &item.id.to_string(),
            &account,
            &run.place.place.region,
            &began,
            procedure_label(&run.tally.procedure),
            &to,
            outcome,
            &detail,
        ]);
    }
    let table = table.into_inner().unwrap_or_default();
    String::from_utf8(table).unwrap_or_default()
}

/// A field of a CSV file. What a spreadsheet would take for a formula gets a quote before it: also
/// behind what some of them take for the separator, whatever the quotes say.
fn csv_field(field: &str) -> String {
    let mut plain = String::new();
    let mut begins = true;
    for c in visible(field).chars() {
        if begins && matches!(c, '=' | '+' | '-' | '@') {
            plain.push('\'');
        }
        begins = matches!(c, ',' | ';' | '|') || begins && c == ' ';
        plain.push(c);
    }
    plain
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
        };
        let began = time::macros::datetime!(2026-11-24 10:15:00 UTC);
        let mut run = BatchState::new(RequestId(1), place, &batch, began);
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
            run.tally.report(Progress::Ended { id, outcome });
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

    #[test]
    fn no_cell_is_a_formula_whatever_separates_cells() {
        for (field, written) in [
            ("=1+2", "'=1+2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-1", "'-1"),
            ("+1", "'+1"),
            (" =1", " '=1"),
            ("a;=1", "a;'=1"),
            ("a, =1", "a, '=1"),
            ("a|-1", "a|'-1"),
            ("\t=1", "\\t=1"),
            ("\r=1", "\\r=1"),
            ("a - b = c", "a - b = c"),
            ("access denied (iot:X)", "access denied (iot:X)"),
        ] {
            assert_eq!(csv_field(field), written);
        }
    }
}
