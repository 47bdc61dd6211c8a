use std::time::Duration;

use certferry::domain::{
    Answer, Call, CertificateStatus, FailureKind, ListPage, Partition, Question as _, ask,
};

use super::{
    Rig, account, id,
    script::{Reaction, Script, error, ok},
};

fn certificates(bytes: &[u8], next: Option<&str>) -> Reaction {
    let rows: Vec<_> = bytes
        .iter()
        .map(|byte| {
            serde_json::json!({
                "certificateArn": format!("arn:aws:iot:us-east-1:111122223333:cert/{}", id(*byte)),
                "certificateId": id(*byte).to_string(),
                "status": "INACTIVE",
                "creationDate": 1_569_427_780.441_f64,
            })
        })
        .collect();
    ok(serde_json::json!({ "certificates": rows, "nextMarker": next }).to_string())
}

#[tokio::test(start_paused = true)]
async fn a_listing_goes_on_to_its_end_a_page_a_reply() {
    let script = Script::default().on(
        "GET /certificates?",
        [
            certificates(&[1, 2], Some("AA==")),
            certificates(&[], Some("BB==")),
            certificates(&[3], None),
        ],
    );
    let mut rig = Rig::start(&script).await;
    rig.send(Call::Certificates);
    let mut pages = Vec::new();
    loop {
        let answer = rig.next().await.answer;
        let more = answer.more_follows();
        let Answer::Certificates(ListPage { page, .. }) = answer else {
            panic!("{answer:?}");
        };
        pages.push(page.iter().map(|row| row.id).collect::<Vec<_>>());
        if !more {
            assert_eq!(page[0].status, CertificateStatus::Inactive);
            assert_eq!(
                page[0].arn,
                Some((Partition::default(), account("111122223333")))
            );
            break;
        }
    }
    assert_eq!(pages, [vec![id(1), id(2)], vec![], vec![id(3)]]);
    let lines = script.lines();
    assert_eq!(lines.len(), 3);
    for line in &lines {
        assert!(line.contains("pageSize=250"), "{line}");
        assert!(line.contains("isAscendingOrder=false"), "{line}");
    }
    assert!(!lines[0].contains("marker="));
    assert!(lines[1].contains("marker=AA%3D%3D"), "{}", lines[1]);
    assert!(lines[2].contains("marker=BB%3D%3D"), "{}", lines[2]);
    assert_eq!(rig.end().await, []);
}

#[tokio::test(start_paused = true)]
async fn rows_without_a_readable_id_are_counted() {
    let body = format!(
        r#"{{"certificates": [{{"certificateId": "abc"}}, {{}}, {{"certificateId": "{}", "status": "NEW"}}]}}"#,
        id(7)
    );
    let script = Script::default().on("GET /certificates?", [ok(body)]);
    let mut rig = Rig::start(&script).await;
    let Answer::Certificates(ListPage {
        page,
        unread,
        last: true,
    }) = rig.ask(Call::Certificates).await
    else {
        panic!("not one page");
    };
    assert_eq!((page.len(), unread), (1, 2));
    assert_eq!(page[0].status, CertificateStatus::Unknown);
}

#[tokio::test(start_paused = true)]
async fn outgoing_transfers_are_listed_with_their_recipient() {
    let body = format!(
        r#"{{"outgoingCertificates": [{{"certificateId": "{}", "transferredTo": "444455556666",
            "transferDate": 1569427780.441, "transferMessage": "to the new plant"}}]}}"#,
        id(1)
    );
    let script = Script::default().on("GET /certificates-out-going?", [ok(body)]);
    let mut rig = Rig::start(&script).await;
    let Answer::Outgoing(ListPage {
        page, last: true, ..
    }) = rig.ask(Call::Outgoing).await
    else {
        panic!("not one page");
    };
    assert_eq!(page[0].to, Some(account("444455556666")));
    assert_eq!(page[0].message.as_deref(), Some("to the new plant"));
    assert!(page[0].started.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_listing_stops_between_two_pages() {
    let script = Script::default().on(
        "GET /certificates?",
        [certificates(&[1], Some("AA==")), Reaction::Hang],
    );
    let mut rig = Rig::start(&script).await;
    let listing = rig.send(Call::Certificates);
    assert!(rig.next().await.answer.more_follows());
    rig.engine.handle().cancel(listing);
    assert_eq!(rig.end().await, []);
    assert!(script.count("GET /certificates?") <= 2);
}

#[tokio::test(start_paused = true)]
async fn a_read_cancelled_while_it_waits_is_never_sent() {
    let script = Script::default();
    let mut rig = Rig::start(&script).await;
    let waiting = rig.send_after(Call::Describe(id(1)), Duration::from_secs(1));
    rig.engine.handle().cancel(waiting);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(rig.end().await, []);
    assert_eq!(script.lines(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_goes_round_is_stopped() {
    let script = Script::default().on("GET /certificates?", [certificates(&[1], Some("AA=="))]);
    let mut rig = Rig::start(&script).await;
    rig.send(Call::Certificates);
    assert!(rig.next().await.answer.more_follows());
    let Answer::Failed(failure) = rig.next().await.answer else {
        panic!("it goes on");
    };
    assert_eq!(failure.kind, FailureKind::UnreadableAnswer);
    assert_eq!(script.count("GET /certificates?"), 2);
    assert_eq!(rig.end().await, []);
}

/// A proxy's success with nothing in it, or an emulator that does not know the list.
#[tokio::test(start_paused = true)]
async fn an_answer_without_a_list_does_not_say_that_there_is_nothing() {
    let arn = certferry::domain::Place::aws("us-east-1", account("111122223333")).arn(id(1));
    for body in ["", "{}"] {
        for (line, call) in [
            ("GET /certificates?", Call::Certificates),
            ("GET /certificates-out-going?", Call::Outgoing),
            (
                "POST /attached-policies/",
                ask::PoliciesOf { arn: arn.clone() }.call(),
            ),
            (
                "GET /principals/things-v2",
                ask::ThingsOf { arn: arn.clone() }.call(),
            ),
        ] {
            let script = Script::default().on(line, [ok(body)]);
            let mut rig = Rig::start(&script).await;
            let Answer::Failed(failure) = rig.ask(call).await else {
                panic!("{line}: {body:?}");
            };
            assert_eq!(failure.kind, FailureKind::UnreadableAnswer, "{line}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_fails_ends_the_listing_after_the_pages_that_came() {
    let script = Script::default().on(
        "GET /certificates?",
        [
            certificates(&[1], Some("AA==")),
            error(403, "AccessDeniedException"),
        ],
    );
    let mut rig = Rig::start(&script).await;
    rig.send(Call::Certificates);
    assert!(rig.next().await.answer.more_follows());
    let Answer::Failed(failure) = rig.next().await.answer else {
        panic!("it did not fail");
    };
    assert_eq!(failure.kind, FailureKind::AccessDenied);
}
