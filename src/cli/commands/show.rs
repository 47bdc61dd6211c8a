//! `certferry show`: what a plan would do, as a person reads it.

use std::{collections::BTreeMap, fs::File, io, os::unix::fs::PermissionsExt as _, path::Path};

use serde_json::{Value, json};

use crate::{
    cli::{
        arguments::planning::ShowArguments,
        error::Error,
        front::{ended::Ended, output::Output},
        settings::configuration,
    },
    domain::{
        AccountBook, Choice, ConsoleStatus, LONGEST_PLAN, LeftOut, PlanCertificate, PlanFile,
        PolicyTaken,
        text::{counted, counted_attachments, visible},
        words::{
            moments::moment,
            runs::{certificates, grouped, seconds},
        },
    },
    engine::read_text,
};

/// The permission of everybody to write a file.
const WRITABLE_BY_ALL: u32 = 0o002;

/// How many of those that are left out are named.
const NAMED: usize = 20;

/// Shows a plan.
///
/// # Errors
///
/// It cannot be read.
pub(in crate::cli) fn run(arguments: &ShowArguments) -> Result<Ended, Error> {
    let plan = read_plan(&arguments.plan)?;
    let (config, _) = configuration()?;
    let out = Output::new(arguments.saying.json);
    summary(&plan, &config.accounts, out);
    out.json("plan", json!({ "plan": summary_json(&plan) }));
    for certificate in &plan.certificates {
        out.json("certificate", certificate_json(&plan, certificate));
        out.words(&certificate_line(certificate));
        if arguments.steps || plan.certificates.len() == 1 {
            for step in plan.steps(&certificate.look) {
                out.words(&format!("    {:9}  {}", step.account, step.step));
            }
        }
    }
    Ok(Ended::well())
}

/// Reads the file of a plan.
///
/// # Errors
///
/// It cannot be read, or is none.
pub(in crate::cli) fn read_plan(path: &Path) -> Result<PlanFile, Error> {
    let text = if path.as_os_str() == "-" {
        read_text(io::stdin().lock(), LONGEST_PLAN)
    } else {
        File::open(path).and_then(|file| {
            let mode = file.metadata()?.permissions().mode();
            if mode & WRITABLE_BY_ALL != 0 {
                let why = "everybody can write it, so nobody knows what it says: chmod o-w, and look at it again";
                return Err(io::Error::other(why));
            }
            read_text(file, LONGEST_PLAN)
        })
    };
    let text = text.map_err(|error| Error::Unreadable(path.to_owned(), error))?;
    PlanFile::parse(&text).map_err(|why| Error::Plan(path.to_owned(), why))
}

/// Says what a plan does as a whole.
pub(in crate::cli) fn summary(plan: &PlanFile, book: &AccountBook, out: Output) {
    let source = &plan.source.place;
    let what = if plan.hand_over.is_some() {
        "Hand over"
    } else {
        "Start transfer"
    };
    let n = plan.certificates.len();
    out.words(&format!("{what}: {}", certificates(n)));
    let from = book.describe(source.account);
    out.words(&format!("  from    {from} in {}", source.region));
    let unknown = match book.name(plan.to) {
        Some(_) => "",
        None => " (unknown account)",
    };
    out.words(&format!("  to      {}{unknown}", book.describe(plan.to)));
    if let Some(message) = &plan.message {
        out.words(&format!("  message {}", visible(message)));
    }
    let by = if plan.by.is_empty() {
        String::new()
    } else {
        format!(" by {}", visible(&plan.by))
    };
    out.words(&format!("  made    {}{by}", moment(plan.made)));
    out.words(&format!("  here    {}", here(plan)));
    if let Some(there) = there(plan) {
        out.words(&format!("  there   {there}"));
    }
    if let Some(time) = plan.estimate {
        let percent = (plan.pace * 100.0).round();
        out.words(&format!(
            "  time    about {} at {percent} % of the published quotas",
            seconds(time)
        ));
    }
    for line in policies(plan) {
        out.words(&format!("  {line}"));
    }
    if !plan.left_out.is_empty() {
        out.words(&format!("  left out: {}", grouped(plan.left_out.len())));
        for it in plan.left_out.iter().take(NAMED) {
            out.words(&format!("    {}", left_out_line(it)));
        }
        if let more @ 1.. = plan.left_out.len().saturating_sub(NAMED) {
            out.words(&format!("    and {more} more"));
        }
    }
}

/// What is done where the certificates are.
fn here(plan: &PlanFile) -> String {
    let looks = || plan.certificates.iter().map(|it| &it.look);
    let active = looks().filter(|it| it.status != ConsoleStatus::Inactive);
    let active = active.count();
    let policies = looks().map(|it| it.policies.len()).sum();
    let things = looks().map(|it| it.things.len()).sum();
    let mut does = Vec::new();
    if active > 0 {
        does.push(format!("deactivate {}", grouped(active)));
    }
    if let Some(attached) = counted_attachments(policies, things) {
        does.push(format!("detach {attached}"));
    }
    does.push(format!("offer {}", grouped(plan.certificates.len())));
    does.join(", ")
}

/// What is done in the recipient's account.
fn there(plan: &PlanFile) -> Option<String> {
    let recipe = &plan.hand_over.as_ref()?.recipe;
    let created = recipe.created();
    let mut does = vec!["accept".to_owned()];
    for (n, one, many) in [
        (created.policies, "policy", "policies"),
        (created.types, "thing type", "thing types"),
        (created.things, "thing", "things"),
    ] {
        if n > 0 {
            does.push(format!("create {}", counted(n, one, many)));
        }
    }
    does.push("attach, test".to_owned());
    let activated = recipe.ready().filter(|(_, it)| it.activate).count();
    does.push(format!("activate {}", grouped(activated)));
    Some(does.join(", "))
}

/// What becomes of each policy in the recipient's account.
fn policies(plan: &PlanFile) -> Vec<String> {
    let Some(hand_over) = &plan.hand_over else {
        return Vec::new();
    };
    let policies = hand_over.recipe.policies.iter();
    let line = |(of, taken): (&String, &PolicyTaken)| {
        let name = visible(of);
        match taken {
            PolicyTaken::Create { name: there, .. } if *there == name => {
                format!("policy  {name}: created there")
            }
            PolicyTaken::Create { name: there, .. } => {
                format!("policy  {name}: created there as {}", visible(there))
            }
            PolicyTaken::Use { name: there, .. }
                if hand_over.choices.get(of) == Some(&Choice::Theirs) =>
            {
                let there = visible(there);
                format!(
                    "policy  {name}: {there} is there and used, whatever it says there: so chosen"
                )
            }
            PolicyTaken::Use { name: there, .. } => {
                format!(
                    "policy  {name}: {} is there and means the same",
                    visible(there)
                )
            }
            PolicyTaken::LeftOut => format!("policy  {name}: left out"),
        }
    };
    policies.map(line).collect()
}

/// What was asked for and is not in the plan.
pub(in crate::cli) fn left_out_line(it: &LeftOut) -> String {
    format!("{}: {}", visible(&it.what), visible(&it.why))
}

fn certificate_line(it: &PlanCertificate) -> String {
    let look = &it.look;
    let attached = counted_attachments(look.policies.len(), look.things.len());
    let attached = attached.unwrap_or_else(|| "nothing attached".to_owned());
    let things: Vec<_> = look.things.iter().map(|it| visible(&it.name)).collect();
    let things = if things.is_empty() {
        String::new()
    } else {
        format!("  {}", things.join(", "))
    };
    format!("{}  {:8}  {attached}{things}", look.id, look.status.label())
}

/// A plan as a whole, as JSON. Its file has all of it.
pub(in crate::cli) fn summary_json(plan: &PlanFile) -> Value {
    let created = plan.hand_over.as_ref().map(|it| it.recipe.created());
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for it in &plan.left_out {
        let count = codes.entry(it.code.as_str()).or_default();
        *count = count.saturating_add(1);
    }
    let looks = || plan.certificates.iter().map(|it| &it.look);
    let active = looks().filter(|it| it.status != ConsoleStatus::Inactive);
    json!({
        "action": if plan.hand_over.is_some() { "hand-over" } else { "start-transfer" },
        "made": time_json(plan.made),
        "by": plan.by,
        "account": plan.source.place.account.to_string(),
        "region": plan.source.place.region,
        "recipient": plan.to.to_string(),
        "certificates": plan.certificates.len(),
        "deactivates": active.count(),
        "detaches_policies": looks().map(|it| it.policies.len()).sum::<usize>(),
        "detaches_things": looks().map(|it| it.things.len()).sum::<usize>(),
        "creates_policies": created.map(|it| it.policies),
        "creates_thing_types": created.map(|it| it.types),
        "creates_things": created.map(|it| it.things),
        "estimate_seconds": plan.estimate.map(|it| it.as_secs()),
        "left_out": codes,
    })
}

fn certificate_json(plan: &PlanFile, it: &PlanCertificate) -> Value {
    let look = &it.look;
    let things: Vec<&str> = look.things.iter().map(|it| it.name.as_str()).collect();
    json!({
        "id": look.id.to_string(),
        "status": look.status.label(),
        "created": it.created.map(time_json),
        "policies": look.policies,
        "things": things,
        "steps": plan.steps(look),
    })
}

/// A moment as JSON has it.
pub(in crate::cli) fn time_json(at: crate::domain::Timestamp) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    // Whole seconds: programs read no finer ones (`fromdate` of jq).
    let at = at.replace_nanosecond(0).unwrap_or(at);
    at.format(&time::format_description::well_known::Rfc3339)
        .unwrap_or_default()
}
