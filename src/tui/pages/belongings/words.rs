//! What the page says.

use std::{collections::BTreeSet, time::Duration};

use crate::{
    domain::{
        Alike, CertificateId, GroupRead, Likeness, Origin, PolicyRead, PolicyThere, Survey, There,
        ThingLikeness, Timestamp, looking_left,
        text::{counted, visible, width},
    },
    tui::{
        known::{context::Context, remote::Picture},
        pages::belongings::state::{BelongingsView, RowKey},
        text::{
            moments::fresh,
            prose::{Prose, Role},
            words::{failure_text, grouped, listed, seconds},
        },
    },
};

/// `What 1,000 certificates would lose`, `Hand over 1,000 certificates`.
pub fn title(view: &BelongingsView) -> String {
    match view.ids.as_slice() {
        [one] if view.choosing.is_some() => format!("Hand over {}", one.short()),
        many if view.choosing.is_some() => {
            format!("Hand over {} certificates", grouped(many.len()))
        }
        [one] => format!("What {} would lose", one.short()),
        many => format!("What {} certificates would lose", grouped(many.len())),
    }
}

/// `read 40 of 1,000 · 12 policies · 3 types · 4 groups`, and about how long it takes still.
pub fn progress(cx: &Context<'_>, view: &BelongingsView) -> String {
    let survey = &view.survey;
    let read = format!(
        "read {} of {}",
        grouped(survey.read()),
        grouped(survey.asked)
    );
    let mut parts = vec![read];
    for (n, one, many) in [
        (survey.policies.len(), "policy", "policies"),
        (survey.types.len(), "type", "types"),
        (survey.groups.len(), "group", "groups"),
        (survey.cas.len(), "CA", "CAs"),
    ] {
        if n > 0 {
            parts.push(counted(n, one, many));
        }
    }
    if let Some(at) = view.read_at() {
        parts.push(fresh(at, cx.now));
    }
    if let Some(since) = view.reading.loading_since() {
        parts.push(match time_left(cx, survey, since) {
            Some(left) => format!("about {} left", seconds(left)),
            None => "reading…".to_owned(),
        });
    }
    parts.join(" · ")
}

/// About how long the reading takes still: as fast as so far, once enough was read to tell.
fn time_left(cx: &Context<'_>, survey: &Survey, since: Timestamp) -> Option<Duration> {
    let (read, asked) = (survey.read(), survey.asked);
    let left = asked.saturating_sub(read);
    if read < ENOUGH_READ {
        return looking_left(left, cx.setup.config.pace);
    }
    let so_far = (cx.now - since).unsigned_abs();
    let each = so_far.checked_div(u32::try_from(read).ok()?)?;
    let time = each.checked_mul(u32::try_from(left).ok()?)?;
    Some(time).filter(|time| *time > Duration::from_secs(3))
}

/// How many certificates were read before their time says something about the others.
const ENOUGH_READ: usize = 20;

/// The heading above a row, when it is the first of its part.
pub fn heading(
    cx: &Context<'_>,
    view: &BelongingsView,
    before: Option<&RowKey>,
    row: &RowKey,
) -> Option<String> {
    let part = |row: &RowKey| match row {
        RowKey::Ready | RowKey::Hindered(_) => "Hand-over",
        RowKey::Clear | RowKey::Concern(_) | RowKey::NotRead => "Certificates",
        RowKey::Alike(_) | RowKey::Alone => "What they have",
        RowKey::Policy(_) => "Policies",
        RowKey::Type(_) => "Thing types",
        RowKey::Group(_) => "Thing groups",
        RowKey::Authority(_) => "Certificate authorities",
    };
    let this = part(row);
    if before.map(part) == Some(this) {
        return None;
    }
    let is_there = !matches!(this, "Hand-over" | "Certificates" | "What they have");
    let compared = view.survey.beside.filter(|_| is_there);
    let compared = compared.map(|account| cx.setup.config.accounts.describe(account));
    Some(match compared {
        Some(account) => format!("{this}, in {}", visible(&account)),
        None => this.to_owned(),
    })
}

/// A row: what it is about, and what is to be said of it.
pub fn row(view: &BelongingsView, row: &RowKey) -> (String, Role, String) {
    let survey = &view.survey;
    let name = |name: &String| visible(name).into_owned();
    let choosing = view.choosing.as_ref();
    match row {
        RowKey::Ready => {
            let ready = choosing.map(|it| (it.ready.len(), it.creates.clone()));
            let (n, creates) = ready.unwrap_or_default();
            (grouped(n), Role::Good, creates)
        }
        RowKey::Hindered(obstacle) => {
            let n = choosing
                .and_then(|it| it.hindered.get(obstacle))
                .map_or(0, Vec::len);
            let text = format!("✗ left out: {obstacle}");
            (grouped(n), Role::Bad, text)
        }
        RowKey::Clear => {
            let n = view.by_concern().clear.len();
            (grouped(n), Role::Plain, "nothing in the way".to_owned())
        }
        RowKey::Concern(concern) => {
            let n = view
                .by_concern()
                .concerning
                .get(concern)
                .map_or(0, Vec::len);
            let text = format!("! {}", visible(&concern.words()));
            (grouped(n), Role::Warn, text)
        }
        RowKey::Alike(id) => {
            let alike = of(view, *id);
            let n = alike.map_or(0, |it| it.certificates.len());
            let has = alike.map_or_else(String::new, |it| has(&it.likeness));
            let first = match n {
                1 => id.short(),
                n => format!("{} alike", grouped(n)),
            };
            (first, Role::Plain, has)
        }
        RowKey::Alone => {
            let n = view.alone().count();
            (grouped(n), Role::Plain, "like no other".to_owned())
        }
        RowKey::NotRead => {
            let n = survey.not_read.len();
            let why = survey
                .not_read
                .first()
                .map(|(_, failure)| failure.summary());
            let text = format!("! not read: {}", why.unwrap_or_default());
            (grouped(n), Role::Bad, text)
        }
        RowKey::Policy(key) => {
            let read = survey.policies.get(key);
            let fate = |it| choosing.and_then(|choosing| choosing.fate(it));
            let (role, text) = read.map(|it| policy(it, fate(it))).unwrap_or_default_row();
            (name(key), role, text)
        }
        RowKey::Type(key) => {
            let there = survey.types.get(key).map(|it| &it.there);
            let (role, text) = there
                .map(|it| is_there(it, "missing: would be created"))
                .unwrap_or_default_row();
            (name(key), role, text)
        }
        RowKey::Group(key) => {
            let (role, text) = survey.groups.get(key).map(group).unwrap_or_default_row();
            (name(key), role, text)
        }
        RowKey::Authority(key) => {
            let (role, text) = (survey.cas.get(key))
                .map(|ca| {
                    let registers = match ca.registers {
                        Ok(true) => "registers unknown certificates by itself",
                        Ok(false) => "registers none by itself",
                        Err(_) => "whether it registers by itself could not be read",
                    };
                    let (role, there) = is_there(&ca.there, "not registered");
                    let role = if ca.registers == Ok(false) {
                        role
                    } else {
                        Role::Warn
                    };
                    (role, joined([registers.to_owned(), there]))
                })
                .unwrap_or_default_row();
            let short: String = key.chars().take(8).collect();
            (format!("{}…", visible(&short)), role, text)
        }
    }
}

/// A row of which nothing is known yet.
trait OrNothing {
    fn unwrap_or_default_row(self) -> (Role, String);
}

impl OrNothing for Option<(Role, String)> {
    fn unwrap_or_default_row(self) -> (Role, String) {
        self.unwrap_or((Role::Quiet, String::new()))
    }
}

fn joined(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|it| !it.is_empty()).collect();
    parts.join(" · ")
}

pub(super) fn of(view: &BelongingsView, id: CertificateId) -> Option<&Alike> {
    let mut alike = view.alike().iter();
    alike.find(|it| it.certificates.first() == Some(&id))
}

/// `3 policies, 1 of groups · 1 thing of PressLine · groups lyon, plants`.
fn has(likeness: &Likeness) -> String {
    let own = |from: &&BTreeSet<Origin>| from.contains(&Origin::Own);
    let all = likeness.policies.len();
    let of_groups = all.saturating_sub(likeness.policies.values().filter(own).count());
    let mut policies = counted(all, "policy", "policies");
    if of_groups > 0 {
        policies = format!("{policies}, {of_groups} of groups");
    }
    let types: BTreeSet<&str> = (likeness.things.iter())
        .filter_map(|thing| thing.type_name.as_deref())
        .collect();
    let types: Vec<String> = types.into_iter().map(str::to_owned).collect();
    let mut things = counted(likeness.things.len(), "thing", "things");
    if !types.is_empty() {
        things = format!("{things} of {}", listed(&types));
    }
    let groups = groups(&likeness.things);
    let groups = if groups.is_empty() {
        String::new()
    } else {
        format!("in {}", listed(&groups))
    };
    joined([policies, things, groups])
}

pub(super) fn groups(things: &[ThingLikeness]) -> Vec<String> {
    let groups = things.iter().filter_map(|thing| thing.groups.as_ref());
    let groups: BTreeSet<&String> = groups.flatten().collect();
    groups.into_iter().cloned().collect()
}

/// What is said of a policy; of a hand-over, what becomes of it.
pub(super) fn policy(of: &PolicyRead, fate: Option<(Role, String)>) -> (Role, String) {
    if let Err(why) = &of.document {
        return (Role::Bad, format!("! could not be read: {}", visible(why)));
    }
    let (mut role, there) = match &of.there {
        PolicyThere::NotAsked => (Role::Plain, String::new()),
        PolicyThere::Missing => (Role::Plain, "missing: would be created".to_owned()),
        PolicyThere::Same => (Role::Good, "there, same meaning".to_owned()),
        PolicyThere::Other(_) => (Role::Warn, "! there, OTHER CONTENT".to_owned()),
        PolicyThere::NotKnown(why) => (Role::Bad, format!("! not known: {}", visible(why))),
    };
    let there = match fate {
        Some((of_fate, words)) => {
            role = of_fate;
            words
        }
        None => there,
    };
    let needs = if of.needs_thing() {
        "needs its thing attached"
    } else {
        ""
    };
    let looks = of.looks.len();
    let looks = if looks > 0 {
        role = Role::Warn;
        format!("! {} to look at", counted(looks, "resource", "resources"))
    } else {
        String::new()
    };
    (role, joined([there, looks, needs.to_owned()]))
}

fn group(of: &GroupRead) -> (Role, String) {
    let policies = match &of.policies {
        Ok(all) if all.is_empty() => "no policies of its own".to_owned(),
        Ok(all) => format!("policies {}", listed(all)),
        Err(_) => "! its policies could not be read".to_owned(),
    };
    let above = match &of.above {
        Ok(all) if all.is_empty() => String::new(),
        Ok(all) => format!("below {}", listed(all)),
        Err(_) => String::new(),
    };
    let (role, there) = is_there(&of.there, "missing: nothing would be added to it");
    let role = if of.policies.is_err() {
        Role::Bad
    } else {
        role
    };
    (role, joined([there, policies, above]))
}

fn is_there(there: &There, missing: &str) -> (Role, String) {
    match there {
        There::NotAsked => (Role::Plain, String::new()),
        There::Exists => (Role::Good, "there".to_owned()),
        There::Missing => (Role::Plain, missing.to_owned()),
        There::NotKnown(why) => (Role::Bad, format!("! not known: {}", visible(why))),
    }
}

/// The heading of a row's own page.
pub fn row_title(view: &BelongingsView, of_row: &RowKey) -> String {
    let (first, ..) = row(view, of_row);
    match of_row {
        RowKey::Alike(_) => first,
        RowKey::Ready => "Would be handed over".to_owned(),
        RowKey::Hindered(_) => "Left out".to_owned(),
        RowKey::Clear => "Nothing in the way".to_owned(),
        RowKey::Concern(_) => "To be known".to_owned(),
        RowKey::Alone => "Like no other".to_owned(),
        RowKey::NotRead => "Not read".to_owned(),
        RowKey::Policy(_) => format!("Policy {first}"),
        RowKey::Type(_) => format!("Thing type {first}"),
        RowKey::Group(_) => format!("Thing group {first}"),
        RowKey::Authority(id) => format!("CA {}", visible(id)),
    }
}

/// The page as a text, to be copied.
pub fn page(cx: &Context<'_>, view: &BelongingsView) -> String {
    let rows = view.rows();
    let mut lines = vec![title(view), progress(cx, view)];
    let mut before = None;
    for key in &rows {
        if let Some(heading) = heading(cx, view, before, key) {
            lines.extend([String::new(), heading]);
        }
        let (first, _, words) = row(view, key);
        lines.push(format!("  {first}  {words}"));
        before = Some(key);
    }
    lines.join("\n") + "\n"
}

/// The width of the first column: of the rows that count certificates, or of those that name something.
pub fn first_column(view: &BelongingsView, rows: &[RowKey], counts: bool) -> usize {
    let alike = rows.iter().filter(|key| key.counts() == counts);
    let widths = alike.map(|key| width(&row(view, key).0));
    widths.max().unwrap_or(0).clamp(6, 28)
}

/// Why nothing, or no more, could be read.
pub fn trouble(cx: &Context<'_>, view: &BelongingsView) -> Option<Prose> {
    let (Picture::Failed(failure) | Picture::Stale((), _, failure)) = view.reading.picture() else {
        return None;
    };
    let mut page = Prose::default();
    failure_text(&mut page, failure, cx.session.signing());
    Some(page)
}
