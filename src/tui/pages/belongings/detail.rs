//! Everything of a row: which certificates, what they have, how a policy differs.

use std::collections::BTreeSet;

use crate::{
    domain::{
        Alike, CertificateId, Obstacle, Origin, PolicyRead, PolicyThere, Survey,
        text::{counted, sentence, visible},
    },
    tui::{
        known::context::Context,
        pages::belongings::{
            state::{BelongingsView, RowKey},
            words,
        },
        text::{
            difference,
            prose::{Prose, Role},
            words::{grouped, listed},
        },
    },
};

/// How many certificates are listed.
const LISTED: usize = 1_000;

/// Everything of a row.
pub fn detail(cx: &Context<'_>, view: &BelongingsView, of_row: &RowKey) -> Prose {
    let mut page = Prose::default();
    let survey = &view.survey;
    match of_row {
        RowKey::Alike(id) => {
            if let Some(alike) = words::of(view, *id) {
                certificates(survey, alike, &mut page);
            }
        }
        RowKey::Ready => {
            let ready = view.choosing.as_ref().map(|it| it.ready.as_slice());
            names(survey, ready.unwrap_or_default(), &mut page);
        }
        RowKey::Hindered(obstacle) => {
            page.text(Role::Bad, format!("{}.", sentence(&obstacle.to_string())));
            page.gap();
            let choosing = view.choosing.as_ref();
            let ids = choosing.and_then(|it| it.hindered.get(obstacle));
            let ids = ids.map_or(&[][..], Vec::as_slice);
            names(survey, ids, &mut page);
            let recipe = choosing.and_then(|it| it.recipe.as_ref());
            if let (Obstacle::ThingsDiffer, Some(recipe)) = (obstacle, recipe) {
                page.gap();
                for id in ids.iter().take(LISTED) {
                    if let Some(Err(own)) = recipe.certificates.get(id) {
                        page.text(Role::Bad, format!("{}: {own}.", id.short()));
                    }
                }
            }
        }
        RowKey::Clear => names(survey, &view.by_concern().clear, &mut page),
        RowKey::Concern(concern) => {
            page.text(
                Role::Warn,
                format!("{}.", sentence(&visible(&concern.words()))),
            );
            page.gap();
            let concerned = view.by_concern().concerning.get(concern);
            names(survey, concerned.map_or(&[], Vec::as_slice), &mut page);
        }
        RowKey::Alone => {
            for alike in view.alone().take(LISTED) {
                certificates(survey, alike, &mut page);
                page.gap();
            }
        }
        RowKey::NotRead => {
            for (id, failure) in survey.not_read.iter().take(LISTED) {
                page.text(Role::Bad, format!("{id}  {}", failure.summary()));
            }
        }
        RowKey::Policy(name) => {
            if let Some(it) = survey.policies.get(name) {
                difference(cx, view, it, &mut page);
            }
        }
        RowKey::Type(_) | RowKey::Group(_) | RowKey::Authority(_) => {
            let (_, role, text) = words::row(view, of_row);
            page.text(role, text);
            page.gap();
            let has = |it: &&Alike| match of_row {
                RowKey::Type(name) => {
                    let mut things = it.likeness.things.iter();
                    things.any(|thing| thing.type_name.as_ref() == Some(name))
                }
                RowKey::Group(name) => words::groups(&it.likeness.things).contains(name),
                RowKey::Authority(id) => it.likeness.ca.as_ref() == Some(id),
                _ => false,
            };
            let of_it: Vec<CertificateId> = (view.alike().iter())
                .filter(has)
                .flat_map(|it| it.certificates.iter().copied())
                .collect();
            names(survey, &of_it, &mut page);
        }
    }
    page
}

/// What certificates that are alike have, and which they are.
fn certificates(survey: &Survey, alike: &Alike, page: &mut Prose) {
    let likeness = &alike.likeness;
    for concern in survey.concerns(likeness) {
        page.text(Role::Warn, format!("! {}.", visible(&concern.words())));
    }
    let own = |from: &BTreeSet<Origin>| from.contains(&Origin::Own);
    let (own, inherited): (Vec<_>, Vec<_>) = likeness.policies.iter().partition(|it| own(it.1));
    let own: Vec<String> = own
        .into_iter()
        .map(|(name, _)| visible(name).into_owned())
        .collect();
    page.fact(
        "Policies",
        if own.is_empty() {
            "none of its own".to_owned()
        } else {
            own.join(", ")
        },
    );
    for (name, from) in inherited {
        let from = from.iter().filter_map(|origin| match origin {
            Origin::Own => None,
            Origin::Group(group) => Some(visible(group).into_owned()),
        });
        let from: Vec<String> = from.collect();
        page.fact("", format!("{} (group {})", visible(name), from.join(", ")));
    }
    for (n, thing) in likeness.things.iter().enumerate() {
        let kind = thing.type_name.as_deref().map_or("no type".into(), visible);
        let exclusive = thing.principal_type.map_or("", |it| match it.api_name() {
            "EXCLUSIVE_THING" => ", exclusively",
            _ => ", not exclusively",
        });
        let groups = match &thing.groups {
            None => "groups not known".to_owned(),
            Some(all) if all.is_empty() => "in no group".to_owned(),
            Some(all) => format!("in {}", listed(all)),
        };
        let label = if n == 0 { "Things" } else { "" };
        page.fact(label, format!("{kind}{exclusive}, {groups}"));
    }
    if likeness.things.is_empty() {
        page.fact("Things", "none");
    }
    page.fact_if("CA", likeness.ca.as_deref().map(visible));
    let (connected, not) = (alike.connected, alike.disconnected);
    let text = match (connected, not) {
        (0, 0) => "not known: the fleet is not indexed with connectivity".to_owned(),
        _ => format!("{connected} now, {not} not"),
    };
    page.fact("Connected", text);
    let shadows = match (alike.shadows, alike.shadows_not_known) {
        (0, 0) => "none".to_owned(),
        (n, 0) => format!("{n}: none of them is moved"),
        (0, _) => "not known".to_owned(),
        (n, _) => format!("{n} at least: none of them is moved"),
    };
    page.fact("Shadows", shadows);
    page.fact(
        "Not read",
        "jobs, rules and retained messages: none is moved",
    );
    page.gap();
    names(survey, &alike.certificates, page);
}

/// Certificates with the names of their things.
fn names(survey: &Survey, ids: &[CertificateId], page: &mut Prose) {
    page.text(
        Role::Heading,
        counted(ids.len(), "certificate", "certificates"),
    );
    for id in ids.iter().take(LISTED) {
        let things = survey.certificates.get(id).map(|it| &it.things);
        let things = things
            .into_iter()
            .flatten()
            .map(|it| visible(&it.name).into_owned());
        let things: Vec<String> = things.collect();
        page.text(Role::Plain, format!("{id}  {}", things.join(", ")));
    }
    match ids.len().saturating_sub(LISTED) {
        0 => {}
        n => page.text(
            Role::Quiet,
            format!("And {} more: they are in the file.", grouped(n)),
        ),
    }
}

/// A policy, and how it differs from what it would be there, line by line.
fn difference(cx: &Context<'_>, view: &BelongingsView, of: &PolicyRead, page: &mut Prose) {
    let fate = view.choosing.as_ref().and_then(|it| it.fate(of));
    let (role, text) = words::policy(of, fate);
    page.text(role, text);
    let Ok(document) = &of.document else {
        return;
    };
    for look in &of.looks {
        let text = format!("! {}: {}", visible(&look.text), look.why.words());
        page.text(Role::Warn, text);
    }
    page.gap();
    let before = document.lines();
    let accounts = &cx.setup.config.accounts;
    let here = accounts.describe(view.place.account);
    let there = view.survey.beside.map(|it| accounts.describe(it));
    let there = there.unwrap_or_else(|| "the other account".to_owned());
    let (after, what) = match (&of.there, &of.moved) {
        (PolicyThere::Other(other), moved) => {
            let wanted = moved.as_ref().unwrap_or(document);
            let what = format!("- as it would be in {there}   + as it is there now");
            return difference::difference(&wanted.lines(), &other.lines(), &what, page);
        }
        (_, Some(moved)) => (moved.lines(), format!("- in {here}   + in {there}")),
        (_, None) => (before.clone(), String::new()),
    };
    difference::difference(&before, &after, &what, page);
}
