//! The procedures of the AWS IoT Developer Guide, "Transfer a certificate to another account", step
//! by step in console batch. The screen and the account are both looked at.

use std::time::Duration;

use certferry::simulator::{
    CertificateState, Fault, NewCertificate, Operation, PrincipalType, Simulator, Status, Times,
    TransferPhase,
};
use serde_json::json;

use super::person::{Person, RECIPIENT, SOURCE, Start, clock, last_six, short};

/// A source with one certificate, 2 policies and 2 things on it, and an empty recipient.
fn world(status: Status) -> (Simulator, String) {
    let simulator = Simulator::new(clock());
    simulator.create_account(SOURCE);
    simulator.create_account(RECIPIENT);
    let new = NewCertificate::new("press-line-7", 7).status(status);
    let id = simulator.add_certificate(SOURCE, &new).unwrap();
    (simulator, id)
}

fn furnish(simulator: &Simulator, id: &str) {
    for policy in ["press-base", "press-jobs"] {
        let document = json!({"Version": "2012-10-17", "Statement": []});
        simulator.create_policy(SOURCE, policy, &document);
        simulator.attach_policy(SOURCE, id, policy).unwrap();
    }
    for (thing, kind) in [
        ("press-7", PrincipalType::NonExclusiveThing),
        ("press-7-spare", PrincipalType::NonExclusiveThing),
    ] {
        simulator.create_thing(SOURCE, thing, Some("PressLine"), &[("site", "Lyon")]);
        simulator.attach_thing(SOURCE, id, thing, kind).unwrap();
    }
}

fn state(simulator: &Simulator, account: &str, id: &str) -> CertificateState {
    simulator.certificate(account, id).unwrap()
}

async fn started_transfer(simulator: &Simulator, id: &str) -> Person {
    let mut person = Start::new(simulator).settled().await;
    person.keys("enter").settle().await;
    person.keys("a").sees("Start transfer…").await;
    person.choose("Start transfer");
    person.sees("Ready     it is inactive").await;
    person.keys("4444-5555-6666 tab \"moving press line 7\" tab right enter");
    person
        .sees("✓ see it among the outgoing")
        .await
        .settle()
        .await;
    assert_eq!(state(simulator, SOURCE, id).status, Status::PendingTransfer);
    person
}

#[tokio::test(start_paused = true)]
async fn begin_a_transfer() {
    let (simulator, id) = world(Status::Active);
    furnish(&simulator, &id);
    let mut person = Start::new(&simulator).settled().await;

    // Steps 1 and 2: the certificates; the one with the status Active; its details page.
    assert!(person.row(&short(&id)).contains("● Active"));
    person.keys("enter").settle().await;
    person.sees("[Details]").await;
    assert!(person.row("Subject").contains("CN=press-line-7"));

    // It is not ready, and the menu says what would be done about that.
    person.keys("a");
    assert!(
        person
            .row("Start transfer")
            .contains("deactivates it, detaches ")
    );

    // Step 3: Actions, Deactivate.
    person.choose("Deactivate");
    assert!(person.row("> [ Keep active ]").contains("[ Deactivate ]"));
    assert!(
        person
            .screen()
            .contains("Things    press-7, press-7-spare use it")
    );
    person
        .keys("right enter")
        .sees("○ Inactive")
        .await
        .settle()
        .await;
    assert_eq!(state(&simulator, SOURCE, &id).status, Status::Inactive);

    person.keys("a");
    let reason = "detaches 2 policies and 2 things first";
    assert!(person.row("Start transfer").contains(reason));
    person.keys("esc");

    // Steps 4 and 5: Policies; each one's options menu, Detach.
    person.keys("2").sees("[Policies 2]").await;
    assert!(person.screen().contains("> press-base"));
    for left in ["[Policies 1]", "[Policies 0]"] {
        person.keys("o");
        person.choose("Detach");
        person.keys("right enter").sees(left).await.settle().await;
    }
    assert!(person.screen().contains("No policies are attached."));
    assert!(state(&simulator, SOURCE, &id).policies.is_empty());

    // Steps 6 and 7: Things; each one's options menu, Detach. AWS takes its time.
    person.keys("3").sees("[Things 2]").await;
    person.keys("o");
    person.choose("Detach");
    person.keys("right enter").sees("press-7  detaching…").await;
    person.keys("down o");
    person.choose("Detach");
    person
        .keys("right enter")
        .sees("press-7-spare  detaching…")
        .await;
    person.sees("No things are attached.").await.settle().await;
    assert!(state(&simulator, SOURCE, &id).things.is_empty());

    // Steps 8 and 9: Details; Actions, Start transfer.
    person.keys("1").sees("✓ things").await;
    person.keys("a");
    person.choose("Start transfer");
    person
        .sees("Ready     it is inactive and nothing is attached")
        .await;

    // Step 10: the account and a short message.
    person.keys("444455556666");
    assert!(person.screen().contains("4444-5555-6666  fleet-eu"));
    person.keys("tab \"moving press line 7\"");
    assert!(person.screen().contains("19 of 128"));

    // Step 11: Start transfer. The cursor comes to Cancel first.
    person.keys("tab");
    assert!(person.screen().contains("> [ Cancel ]"));
    person
        .keys("right enter")
        .sees("✓ see it among the outgoing")
        .await
        .settle()
        .await;

    let state = state(&simulator, SOURCE, &id);
    assert_eq!(state.status, Status::PendingTransfer);
    let transfer = state.transfer.unwrap();
    assert_eq!(transfer.target, RECIPIENT);
    assert_eq!(transfer.message.as_deref(), Some("moving press line 7"));
    assert_eq!(transfer.phase, TransferPhase::Pending);

    // The text for the recipient can be copied; the list shows Transferred.
    person.keys("y");
    assert!(person.copied[0].contains(&format!(
        "accept-certificate-transfer --certificate-id {id}"
    )));
    person.keys("esc esc");
    let row = person.row(&short(&id));
    assert!(
        row.contains("→ Transferred") && row.contains("to 4444-5555-6666"),
        "{row}"
    );

    // Every change is in the command log.
    person.keys("L end");
    let log = person.keys("Y").copied.last().cloned().unwrap();
    for command in [
        "aws iot update-certificate --certificate-id",
        "aws iot detach-policy --target",
        "aws iot detach-thing-principal --principal",
        "aws iot transfer-certificate --certificate-id",
    ] {
        assert!(log.contains(command), "{log}");
    }
    assert_eq!(log.matches("done, request id").count(), 6, "{log}");
}

#[tokio::test(start_paused = true)]
async fn accept_a_transfer() {
    for (entry, status) in [
        ("Accept transfer…", Status::Inactive),
        ("Accept transfer and activate…", Status::Active),
    ] {
        let (simulator, id) = world(Status::Inactive);
        simulator
            .offer(SOURCE, &id, RECIPIENT, Some("for you"))
            .unwrap();
        let mut person = Start::new(&simulator).recipient().settled().await;

        let row = person.row(&short(&id));
        assert!(row.contains("← Pending transfer"), "{row}");
        assert!(row.contains("from 1111-2222-3333"), "{row}");
        person.keys("enter").settle().await;
        person.sees("for you").await;
        person.keys("a");
        person.choose(entry);
        assert!(person.screen().contains("> [ Not now ]"));
        person
            .keys("right enter")
            .sees("is yours")
            .await
            .settle()
            .await;

        let accepted = state(&simulator, RECIPIENT, &id);
        assert_eq!(accepted.status, status);
        assert_eq!(accepted.owner, RECIPIENT);
        assert_eq!(accepted.transfer.unwrap().phase, TransferPhase::Accepted);
        assert_eq!(simulator.certificate(SOURCE, &id), None);
        person.keys("esc");
        let label = if status == Status::Active {
            "● Active"
        } else {
            "○ Inactive"
        };
        assert!(person.row(&short(&id)).contains(label));
    }
}

#[tokio::test(start_paused = true)]
async fn reject_a_transfer() {
    let (simulator, id) = world(Status::Inactive);
    simulator.offer(SOURCE, &id, RECIPIENT, None).unwrap();
    let mut person = Start::new(&simulator).recipient().settled().await;
    person.keys("enter").settle().await;
    person.keys("a");
    person.choose("Reject transfer");
    person.keys("\"wrong fleet\" tab");
    assert!(person.screen().contains("> [ Keep offer ]"));
    person
        .keys("right enter")
        .sees("is rejected")
        .await
        .settle()
        .await;

    let back = state(&simulator, SOURCE, &id);
    assert_eq!(
        (back.status, back.owner.as_str()),
        (Status::Inactive, SOURCE)
    );
    let transfer = back.transfer.unwrap();
    assert_eq!(transfer.phase, TransferPhase::Rejected);
    assert_eq!(transfer.reject_reason.as_deref(), Some("wrong fleet"));
    // It is not the recipient's any more: no row, no details.
    assert!(!person.screen().contains("[Details]"));
    assert!(person.screen().contains("There are no certificates"));

    // The sender sees that it came back, and why.
    person.keys("S enter").settle().await;
    person.keys("enter").settle().await;
    person.sees("Came back from a transfer").await;
    assert!(person.row("Reason").contains("wrong fleet"));
    person.keys("esc");
    assert!(person.row(&short(&id)).contains("rejected: wrong fleet"));
}

#[tokio::test(start_paused = true)]
async fn cancel_a_transfer() {
    let (simulator, id) = world(Status::Inactive);
    simulator.offer(SOURCE, &id, RECIPIENT, None).unwrap();
    let mut person = Start::new(&simulator).settled().await;
    assert!(person.row(&short(&id)).contains("→ Transferred"));

    // The options menu of the row. Revoke is not in it.
    person.keys("o");
    assert!(
        !person
            .screen()
            .lines()
            .any(|line| line.trim_start_matches(['│', ' ']).starts_with("Revoke  "))
    );
    person.choose("Revoke transfer");
    assert!(
        person
            .screen()
            .contains("the irreversible Revoke: the certificate is not revoked")
    );
    assert!(person.screen().contains("> [ Keep transfer ]"));
    person
        .keys("right enter")
        .sees("is back, inactive")
        .await
        .settle()
        .await;

    let back = state(&simulator, SOURCE, &id);
    assert_eq!(back.status, Status::Inactive);
    assert_eq!(back.transfer.unwrap().phase, TransferPhase::Cancelled);
    assert!(person.row(&short(&id)).contains("○ Inactive"));
}

#[tokio::test(start_paused = true)]
async fn both_sides_see_one_world() {
    let (simulator, id) = world(Status::Inactive);
    let mut person = started_transfer(&simulator, &id).await;
    person.keys("esc esc S");
    assert!(person.screen().contains("> 4444-5555-6666 fleet-eu"));
    person.keys("enter").settle().await;
    assert!(person.row("4444-5555-6666").contains("fleet-eu"));
    assert!(person.row(&short(&id)).contains("← Pending transfer"));
    person.keys("a");
    person.choose("Accept transfer");
    person
        .keys("right enter")
        .sees("is yours, and inactive")
        .await
        .settle()
        .await;
    person.keys("a");
    person.choose("Activate");
    person
        .keys("right enter")
        .sees("is active")
        .await
        .settle()
        .await;
    assert_eq!(state(&simulator, RECIPIENT, &id).status, Status::Active);
    person.keys("S enter").settle().await;
    assert!(person.screen().contains("There are no certificates"));
}

#[tokio::test(start_paused = true)]
async fn revoke_needs_the_end_of_the_id() {
    let (simulator, id) = world(Status::Active);
    let mut person = Start::new(&simulator).settled().await;
    person.keys("a");
    person.choose("Revoke…");
    person.keys("tab right enter").settle().await;
    assert!(person.screen().contains("Type the last 6 characters"));
    assert_eq!(state(&simulator, SOURCE, &id).status, Status::Active);
    person.keys("backtab backtab");
    person
        .keys(&format!("\"{}\" tab right enter", last_six(&id)))
        .sees("x Revoked")
        .await
        .settle()
        .await;
    assert_eq!(state(&simulator, SOURCE, &id).status, Status::Revoked);
}

#[tokio::test(start_paused = true)]
async fn delete_needs_the_end_of_the_id_and_its_row_goes() {
    let (simulator, id) = world(Status::Inactive);
    furnish(&simulator, &id);
    let mut person = Start::new(&simulator).settled().await;
    person.keys("enter").settle().await;
    person.keys("a");
    let screen = person.screen();
    let mut lines = screen.lines();
    let entry = lines.find(|line| line.contains("Delete certificate"));
    let why = "2 policies and 2 things are attached";
    assert!(entry.unwrap().contains(why), "{screen}");
    for policy in state(&simulator, SOURCE, &id).policies {
        simulator.delete_policy(SOURCE, &policy);
    }
    for (thing, _) in state(&simulator, SOURCE, &id).things {
        simulator.delete_thing(SOURCE, &thing);
    }
    person.keys("esc r").settle().await;
    person.keys("a");
    person.choose("Delete certificate…");
    let screen = person.screen();
    assert!(screen.contains("Undo      none"), "{screen}");
    assert!(screen.contains("certferry pem"), "{screen}");
    person.keys("\"000000\" tab right enter").settle().await;
    assert!(person.screen().contains("Type the last 6 characters"));
    assert!(simulator.certificate(SOURCE, &id).is_some());
    person.keys("backtab backtab");
    let end = last_six(&id);
    person
        .keys(&format!("ctrl-u \"{end}\" tab right enter"))
        .sees("There are no certificates")
        .await
        .settle()
        .await;
    assert!(simulator.certificate(SOURCE, &id).is_none());
    person.keys("L");
    let screen = person.screen();
    let begins = "delete-certificate --certificate-id=";
    assert!(screen.contains(begins), "{screen}");
}

#[tokio::test(start_paused = true)]
async fn the_list_begins_with_the_filter_of_the_settings() {
    let (simulator, id) = world(Status::Active);
    let new = NewCertificate::new("press-line-8", 8).status(Status::Inactive);
    let other = simulator.add_certificate(SOURCE, &new).unwrap();
    let start = Start::new(&simulator).config("filter = \"status:inactive\"");
    let mut person = start.settled().await;
    let begins = |id: &str| id.chars().take(8).collect::<String>();
    let screen = person.screen();
    assert!(screen.contains("status:inactive"), "{screen}");
    assert!(screen.contains(&begins(&other)), "{screen}");
    assert!(!screen.contains(&begins(&id)), "{screen}");
    // It can be taken away, and comes back with another account.
    person.keys("esc");
    assert!(person.screen().contains(&begins(&id)));
    person.keys("S enter").settle().await;
    let screen = person.screen();
    assert!(screen.contains("status:inactive"), "{screen}");
}

/// When it could not be looked at what putting back would do, the dialog says so, and does nothing.
#[tokio::test(start_paused = true)]
async fn what_could_not_be_looked_at_is_not_put_back() {
    let (simulator, id) = world(Status::Active);
    furnish(&simulator, &id);
    let mut person = Start::new(&simulator).settled().await;
    person.keys("a").choose("Start transfer");
    person.settle().await;
    person.keys("4444-5555-6666 tab tab right enter");
    person.settle().await;
    person.pass(Duration::from_secs(20));
    person.keys("esc r").settle().await;
    simulator.inject(
        Operation::GetCallerIdentity,
        Fault::GarbageBody,
        Times::Count(1),
    );
    let before = state(&simulator, SOURCE, &id);
    person.keys("a").choose("Put back");
    person.settle().await;
    let screen = person.screen();
    assert!(screen.contains("Not possible: "), "{screen}");
    assert!(!screen.contains("all of it is there already"), "{screen}");
    person.keys("right enter").settle().await;
    assert_eq!(state(&simulator, SOURCE, &id), before);
    // At the next try it can be looked at.
    person.keys("esc a").choose("Put back");
    person.settle().await;
    person.keys("right enter").settle().await;
    let after = state(&simulator, SOURCE, &id);
    assert_eq!((after.status, after.policies.len()), (Status::Active, 2));
}
