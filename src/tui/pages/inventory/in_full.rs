//! Everything of a policy or of a thing, to be read.

use crate::{
    domain::{
        AttachmentTargets, Failure, InFull, PolicyInFull, PolicyVersion, ThingInFull, Timestamp,
        text::visible,
    },
    tui::{
        known::context::Context,
        text::{
            difference::{changed_lines, difference, document_lines},
            moments::moment,
            prose::{Prose, Role},
            words::attributes,
        },
    },
};

/// Everything of a policy or of a thing, with the names of devices as far as the list knows them.
pub fn in_full(cx: &Context<'_>, of: &InFull) -> Prose {
    match of {
        InFull::Policy(policy) => of_policy(cx, policy),
        InFull::Thing(thing) => of_thing(cx, thing),
    }
}

fn of_policy(cx: &Context<'_>, of: &PolicyInFull) -> Prose {
    let mut page = Prose::default();
    let (number, document) = &of.document;
    let number = number.as_deref().unwrap_or("?");
    attached_to(&mut page, &of.targets);
    match &of.versions {
        Ok(all) => page.fact("Versions", in_short(all, (number, document))),
        Err(failure) => page.labelled("Versions", Role::Bad, not_read(failure)),
    }
    page.gap();
    let versions = of.versions.as_ref().map_or(&[][..], Vec::as_slice);
    // The one whose document was read, whatever has become the one in force meanwhile.
    let counts = versions.iter().find(|it| it.id == number);
    let created = created(counts.and_then(|it| it.created));
    let heading = format!("Version {}, in force{created}", visible(number));
    page.text(Role::Heading, heading);
    let in_force = document_lines(document);
    page.document(in_force.iter().map(|line| visible(line)));
    for other in versions.iter().filter(|it| it.id != number) {
        version(&mut page, (number, &in_force), other);
    }
    certificates(cx, &of.targets, &mut page);
    page
}

/// The versions in a few words: which is in force, and how much the others differ.
fn in_short(all: &[PolicyVersion], (number, document): (&str, &str)) -> String {
    let in_force = document_lines(document);
    let words = all.iter().map(|version| {
        let id = visible(&version.id);
        match &version.document {
            _ if version.id == number => format!("{id} in force"),
            Ok(other) => match changed_lines(&in_force, &document_lines(other)) {
                (0, 0) => format!("{id} the same"),
                (out, new) => format!("{id} differs (-{out} +{new} lines)"),
            },
            Err(_) => format!("{id} not read"),
        }
    });
    let words: Vec<String> = words.collect();
    words.join(", ")
}

fn created(at: Option<Timestamp>) -> String {
    at.map_or_else(String::new, |at| format!(", created {}", moment(at)))
}

/// How another version differs from the one in force.
fn version(page: &mut Prose, (number, in_force): (&str, &[String]), of: &PolicyVersion) {
    page.gap();
    let (id, created) = (visible(&of.id), created(of.created));
    let force = if of.is_default {
        "in force since this was read"
    } else {
        "not in force"
    };
    page.text(Role::Heading, format!("Version {id}, {force}{created}"));
    match &of.document {
        Ok(document) => {
            let other = document_lines(document);
            if other == in_force {
                let text = format!("The same as version {}.", visible(number));
                return page.text(Role::Quiet, text);
            }
            let what = format!("- in version {}   + in version {id}", visible(number));
            difference(in_force, &other, &what, page);
        }
        Err(failure) => page.text(Role::Bad, not_read(failure)),
    }
}

fn of_thing(cx: &Context<'_>, of: &ThingInFull) -> Prose {
    let mut page = attributes(&of.attributes);
    page.gap();
    match &of.groups {
        Ok(groups) if groups.is_empty() => page.fact("Groups", "none"),
        Ok(groups) => {
            let names: Vec<_> = groups.iter().map(|group| visible(group)).collect();
            page.fact("Groups", names.join(", "));
        }
        Err(failure) => page.labelled("Groups", Role::Bad, not_read(failure)),
    }
    attached_to(&mut page, &of.targets);
    certificates(cx, &of.targets, &mut page);
    page
}

/// Why a part could not be read.
fn not_read(failure: &Failure) -> String {
    format!("! not read: {}", failure.summary())
}

/// What it is attached to, in a few words.
fn attached_to(page: &mut Prose, of: &Result<AttachmentTargets, Box<Failure>>) {
    let label = "Attached to";
    match of {
        Ok(targets) => page.fact(label, targets.words()),
        Err(failure) => page.labelled(label, Role::Bad, not_read(failure)),
    }
}

/// The groups and certificates that it is attached to, one a line.
fn certificates(cx: &Context<'_>, of: &Result<AttachmentTargets, Box<Failure>>, page: &mut Prose) {
    let Ok(targets) = of else {
        return;
    };
    if targets.certificates.is_empty() && targets.groups.is_empty() {
        return;
    }
    page.gap();
    page.text(Role::Heading, "Groups and certificates");
    for group in &targets.groups {
        page.text(Role::Plain, format!("group {}", visible(group)));
    }
    for id in &targets.certificates {
        let device = cx
            .list
            .device(*id)
            .map_or_else(String::new, |device| format!("  {}", visible(device)));
        let missing = cx.list.is_listed() && cx.list.get(*id).is_none();
        let known = if missing {
            "  ! not in the list of certificates"
        } else {
            ""
        };
        page.line(Role::Plain, "", &format!("{id}{device}{known}"));
    }
    if targets.more {
        page.text(
            Role::Quiet,
            "And more: these are those that AWS lists first.",
        );
    }
}
