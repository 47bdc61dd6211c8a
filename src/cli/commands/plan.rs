//! `certferry plan`: works out what would be done, and writes it into a file.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process,
    sync::Arc,
};

use serde_json::json;

use crate::{
    cli::{
        arguments::planning::{Activate, Differing, PlanArguments},
        commands::show,
        error::Error,
        front::{
            choose::{Besides, Chosen, ChosenFor, choose, say_accounting},
            confirm::account,
            ended::{Ended, SOME_FAILED},
            open::{Front, Opened},
            output::{Output, note},
            work_out::{Seen, look, look_at_both},
        },
    },
    domain::{
        AccountId, Action, Activation, Beside, Candidate, CertificateId, Choice, DifferingThings,
        Document, FailureKind, LeftOut, Look, PlanCertificate, PlanFile, PlanHandOver, PlanSide,
        PolicyTaken, Readiness, Recipe, Selection, Wishes, ask, text::visible, timestamp,
    },
};

/// Only its owner reads a plan: it names devices and what they are allowed.
const FILE_MODE: u32 = 0o600;

/// Makes a plan.
///
/// # Errors
///
/// Why there is none.
pub(in crate::cli) async fn run(arguments: &PlanArguments) -> Result<Ended, Error> {
    if !arguments.meant.is_said() {
        return Err(Error::NothingChosen);
    }
    if !arguments.force && arguments.output.exists() {
        return Err(Error::Exists(arguments.output.clone()));
    }
    let choices = choices(&arguments.choose)?;
    let out = Output::new(arguments.saying.json);
    let mut front = Front::open(&arguments.connecting, out).await?;
    let ended = Box::pin(make(&mut front, arguments, choices)).await;
    front.close().await;
    ended
}

/// The same over connections that are open.
pub(super) async fn make(
    front: &mut Front,
    arguments: &PlanArguments,
    choices: BTreeMap<String, Choice>,
) -> Result<Ended, Error> {
    let out = front.out;
    let (to, peer) = recipient(front, arguments)?;
    let chosen = choose(
        front,
        &arguments.meant,
        Besides::Nothing,
        ChosenFor::Changing,
    )
    .await?;
    say_accounting(front, &chosen);
    let mut left_out = not_found(&chosen);
    if chosen.ids.is_empty() {
        return Err(Error::NothingFound);
    }
    let action = if arguments.hand_over {
        Action::HandOver
    } else {
        Action::StartTransfer
    };
    let ids = applying(action, &chosen, &mut left_out);
    let seen = match &peer {
        Some(peer) => {
            let wishes = wishes(&front.config.hand_over, arguments);
            look_at_both(front, peer, &ids, wishes, choices).await?
        }
        None => look(front, &ids).await?,
    };
    if let Some(hand_over) = &seen.hand_over {
        choices_fit(hand_over)?;
    }
    if let (Some(peer), Some(hand_over)) = (&peer, &seen.hand_over) {
        names_are_free(front, peer, hand_over).await?;
    }
    let plan = plan(front, arguments, action, to, &chosen, seen, left_out);
    if plan.certificates.is_empty() {
        for it in &plan.left_out {
            note(&show::left_out_line(it));
        }
        return Err(Error::NothingToPlan);
    }
    let text = plan.text().map_err(Error::TooLongAPlan)?;
    save(&arguments.output, &text, arguments.force)
        .map_err(|error| Error::NotWritten(arguments.output.clone(), error))?;
    show::summary(&plan, &front.config.accounts, out);
    out.json("plan", json!({ "file": arguments.output.display().to_string(), "plan": show::summary_json(&plan) }));
    out.words(&format!(
        "Written: {}. `certferry show` shows it, `certferry apply` does it.",
        arguments.output.display()
    ));
    let complete = plan.left_out.is_empty();
    Ok(if complete {
        Ended::well()
    } else {
        Ended::with(SOME_FAILED)
    })
}

/// Who receives them, and the connection that leads there when they are handed over.
fn recipient(
    front: &Front,
    arguments: &PlanArguments,
) -> Result<(AccountId, Option<Opened>), Error> {
    let book = &front.config.accounts;
    let named = arguments.to.as_deref().map(|typed| account(typed, book));
    let named = named.transpose()?;
    let own = front.here.place.account;
    let peer = front.peer.clone().filter(|_| arguments.hand_over);
    if arguments.hand_over {
        let peer = peer.as_ref().ok_or(Error::NoPeer)?;
        if !front.here.place.shares_region_with(&peer.place) {
            let why = "it is in another region, and a transfer stays in its own";
            return Err(Error::Account(front.words(&peer.place), why.to_owned()));
        }
        if let Some(named) = named.filter(|it| *it != peer.place.account) {
            let why = format!(
                "--peer-profile leads to {}",
                book.describe(peer.place.account)
            );
            return Err(Error::Account(book.describe(named), why));
        }
    }
    let to = peer.as_ref().map(|it| it.place.account).or(named);
    let to = to.ok_or(Error::NoPeer)?;
    if to == own {
        let why = "it is the account that the certificates are in";
        return Err(Error::Account(book.describe(to), why.to_owned()));
    }
    book.may_receive(to)
        .map_err(|why| Error::Account(book.describe(to), why.to_string()))?;
    Ok((to, peer))
}

/// The choices as they are written: `NAME=theirs`, `NAME=leave-out`, `NAME=create:OTHER`.
fn choices(written: &[String]) -> Result<BTreeMap<String, Choice>, Error> {
    let mut choices = BTreeMap::new();
    for text in written {
        let wrong = || Error::Choice(text.clone());
        // A policy's name may have a `=` in it.
        let (name, choice) = text.rsplit_once('=').ok_or_else(wrong)?;
        let choice = match choice.split_once(':') {
            None if choice == "theirs" => Choice::Theirs,
            None if choice == "leave-out" => Choice::LeaveOut,
            Some(("create", other)) if !other.is_empty() => Choice::CreateAs(other.to_owned()),
            _ => return Err(wrong()),
        };
        choices.insert(name.to_owned(), choice);
    }
    Ok(choices)
}

/// What is wished: what the command line says, or else the settings.
fn wishes(settings: &Wishes, arguments: &PlanArguments) -> Wishes {
    let mut wishes = settings.clone();
    if let Some(activate) = arguments.activate {
        wishes.activation = match activate {
            Activate::AsBefore => Activation::AsBefore,
            Activate::Yes => Activation::Always,
            Activate::No => Activation::Never,
        };
    }
    if let Some(differing) = arguments.differing_things {
        wishes.differing_things = match differing {
            Differing::LeaveOut => DifferingThings::LeaveOut,
            Differing::Use => DifferingThings::Use,
        };
    }
    wishes
}

fn not_found(chosen: &Chosen) -> Vec<LeftOut> {
    let missing = chosen.missing().map(|it| LeftOut {
        what: it.line.text.clone(),
        code: it.is.code().to_owned(),
        why: it.is.why().unwrap_or_default(),
    });
    missing.collect()
}

/// Those to which the action applies; the others are left out.
fn applying(action: Action, chosen: &Chosen, left_out: &mut Vec<LeftOut>) -> Vec<CertificateId> {
    let mut ids = Vec::new();
    for id in &chosen.ids {
        let Some(row) = chosen.fleet.get(*id) else {
            continue;
        };
        let readiness = Readiness {
            status: row.status,
            policies: None,
            things: None,
        };
        match action.obstacle(&readiness) {
            None => ids.push(*id),
            Some(why) => left_out.push(LeftOut {
                what: id.to_string(),
                code: "Status".to_owned(),
                why: format!("{}: {why}", row.status.label()),
            }),
        }
    }
    ids
}

/// The plan of what was seen.
fn plan(
    front: &Front,
    arguments: &PlanArguments,
    action: Action,
    to: AccountId,
    chosen: &Chosen,
    mut seen: Seen,
    mut left_out: Vec<LeftOut>,
) -> PlanFile {
    for (id, failure) in &seen.not_looked_at {
        left_out.push(LeftOut {
            what: id.to_string(),
            code: failure.kind.code().to_owned(),
            why: failure.summary(),
        });
    }
    let recipe = seen.hand_over.as_ref().map(|it| Arc::clone(&it.recipe));
    let mut certificates = Vec::new();
    for id in &chosen.ids {
        let Some(look) = seen.looks.remove(id) else {
            continue;
        };
        match obstacle(action, &look, recipe.as_deref()) {
            None => certificates.push(PlanCertificate {
                created: chosen.fleet.get(*id).and_then(|row| row.created),
                look,
            }),
            Some((code, why)) => left_out.push(LeftOut {
                what: id.to_string(),
                code: code.to_owned(),
                why,
            }),
        }
    }
    let hand_over = seen.hand_over.map(|mut it| {
        let planned: HashSet<CertificateId> = certificates.iter().map(|it| it.look.id).collect();
        let recipe = Arc::make_mut(&mut it.recipe);
        recipe.certificates.retain(|id, _| planned.contains(id));
        it
    });
    let mut plan = PlanFile {
        made: timestamp(std::time::SystemTime::now()),
        by: front.here.caller.clone().unwrap_or_default(),
        source: PlanSide {
            place: front.here.place.clone(),
            profile: front.here.profile.clone(),
        },
        to,
        message: arguments.message.clone(),
        pace: front.config.pace,
        estimate: None,
        certificates,
        hand_over,
        left_out,
    };
    plan.estimate = estimate(&plan, action);
    plan
}

/// Why a certificate that was looked at is not in the plan.
fn obstacle(
    action: Action,
    look: &Look,
    recipe: Option<&Recipe>,
) -> Option<(&'static str, String)> {
    let readiness = Readiness {
        status: look.status,
        policies: Some(look.policies.len()),
        things: Some(look.things.len()),
    };
    if let Some(why) = action.obstacle(&readiness) {
        return Some(("Status", format!("{}: {why}", look.status.label())));
    }
    match recipe?.certificates.get(&look.id) {
        Some(Ok(_)) => None,
        Some(Err(obstacle)) => Some(("Obstacle", obstacle.to_string())),
        None => Some(("NotLookedAt", "what it has was not read".to_owned())),
    }
}

/// How long it takes at least.
fn estimate(plan: &PlanFile, action: Action) -> Option<std::time::Duration> {
    let ids: Vec<CertificateId> = plan.certificates.iter().map(|it| it.look.id).collect();
    let statuses: HashMap<CertificateId, _> = plan
        .certificates
        .iter()
        .map(|it| (it.look.id, it.look.status))
        .collect();
    let known = |id: CertificateId| Candidate {
        status: statuses
            .get(&id)
            .copied()
            .unwrap_or(crate::domain::ConsoleStatus::Unknown),
        changing: false,
        open: false,
    };
    let place = plan.source.place.clone();
    let mut selection = Selection::choose(action, place, &ids, known).ok()?;
    selection.looks = plan.certificates.iter().map(|it| it.look.clone()).collect();
    if let Some(hand_over) = &plan.hand_over {
        selection.recipe = Some(Arc::clone(&hand_over.recipe));
        selection.beside = Some(Beside {
            connection: crate::domain::ConnectionId(0),
            place: hand_over.recipient.place.clone(),
        });
    }
    selection.estimate(ids.len(), plan.pace)
}

/// Whether every choice is of a policy that there is, and creates none under the name of another.
fn choices_fit(hand_over: &PlanHandOver) -> Result<(), Error> {
    let policies = &hand_over.recipe.policies;
    for (name, choice) in &hand_over.choices {
        if !policies.contains_key(name) {
            let why = "none of these certificates has such a policy, or it could not be read";
            return Err(Error::ChoiceDoesNotFit(name.clone(), why.to_owned()));
        }
        let Choice::CreateAs(there) = choice else {
            continue;
        };
        let others = policies.iter().filter(|(other, _)| *other != name);
        let mut taken = others.filter_map(|(_, it)| it.attached());
        if taken.any(|it| it.name == there) {
            let why = format!("{} is the name of another policy there", visible(there));
            return Err(Error::ChoiceDoesNotFit(name.clone(), why));
        }
    }
    Ok(())
}

/// Whether there is nothing else yet in the recipient's account under the names that policies are to be created by.
async fn names_are_free(
    front: &mut Front,
    peer: &Opened,
    hand_over: &PlanHandOver,
) -> Result<(), Error> {
    for (name, choice) in &hand_over.choices {
        let created = hand_over.recipe.policies.get(name);
        let (Choice::CreateAs(there), Some(created)) =
            (choice, created.and_then(PolicyTaken::attached))
        else {
            continue;
        };
        let policy = there.clone();
        let found = front
            .engine
            .ask(peer.connection, ask::DocumentOf { policy });
        match found.await {
            Ok(found) => {
                let found = Document::parse(&found.document);
                if !found.is_ok_and(|found| found.same_meaning(created.document)) {
                    let there = visible(there);
                    let why = format!("{there} is there already, and says something else");
                    return Err(Error::ChoiceDoesNotFit(name.clone(), why));
                }
            }
            Err(failure) if failure.kind == FailureKind::NotFound => {}
            Err(failure) => return Err(front.failed(&failure)),
        }
    }
    Ok(())
}

/// Writes the file, whole or not at all.
fn save(path: &Path, text: &str, over: bool) -> io::Result<()> {
    // A device, a folder or a link is not written over: the file would take its place.
    if fs::symlink_metadata(path).is_ok_and(|it| !it.is_file()) {
        return Err(io::Error::other("what is there is not a file"));
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", process::id()));
    let new = PathBuf::from(name);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(&new)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| {
            if over {
                fs::rename(&new, path)
            } else {
                // What came up meanwhile is not written over.
                fs::hard_link(&new, path)
            }
        });
    // After a rename it is not there any more.
    let _ = fs::remove_file(&new);
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_as_they_are_written() {
        let written = ["jobs=theirs", "a=b=leave-out", "base=create:base-2"];
        let read = choices(&written.map(str::to_owned)).unwrap();
        let wanted = [
            ("a=b", Choice::LeaveOut),
            ("base", Choice::CreateAs("base-2".to_owned())),
            ("jobs", Choice::Theirs),
        ];
        assert_eq!(read, wanted.map(|(name, it)| (name.to_owned(), it)).into());
        for wrong in ["jobs", "jobs=", "jobs=mine", "jobs=create:", "jobs=create"] {
            assert!(choices(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_plan_is_its_owner_s_alone_and_nothing_is_written_over() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("move.plan");
        save(&path, "one", false).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let again = save(&path, "two", false).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        save(&path, "two", true).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
