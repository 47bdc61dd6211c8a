//! Which certificates are meant: every line of a list is accounted for.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fs::File,
    io,
    time::SystemTime,
};

use serde_json::json;

use crate::{
    cli::{
        arguments::meant::Meant,
        error::Error,
        front::{known::Fleet, open::Front, output::note},
    },
    domain::{
        Accounted, Accounting, CertificateId, FailureKind, Filter, Finder, Found, FoundBy,
        ListView, ListedFiles, Place, Wanted, WantedLine, accounted, accounting_words, ask,
        may_begin_an_id, names_in, text::visible, timestamp, wanted_lines, wanted_names,
    },
    engine::{LONGEST_LIST, files_of, read_text},
};

/// So many certificates are asked about one by one; for more, the account's list is read.
const FEW: usize = 25;

/// The certificates that are meant.
#[derive(Debug)]
pub(in crate::cli) struct Chosen {
    /// In the order of the list or of the account.
    pub(in crate::cli) ids: Vec<CertificateId>,
    /// What is known of them.
    pub(in crate::cli) fleet: Fleet,
    /// What became of each line.
    pub(in crate::cli) accounted: Vec<Accounted>,
    /// The things by which they were found or named.
    pub(in crate::cli) things: HashMap<CertificateId, String>,
}

impl Chosen {
    /// The lines that are no certificate of the account.
    pub(in crate::cli) fn missing(&self) -> impl Iterator<Item = &Accounted> {
        let lines = self.accounted.iter();
        lines.filter(|it| it.is.certificate().is_none())
    }

    /// The thing by which it was found, or what its device is called otherwise. Foreign text.
    pub(in crate::cli) fn device(&self, id: CertificateId) -> Option<&str> {
        let thing = self.things.get(&id).map(String::as_str);
        thing.or_else(|| self.fleet.device(id))
    }

    /// The device and the id, or the id alone.
    pub(in crate::cli) fn name(&self, id: CertificateId) -> String {
        match self.device(id) {
            Some(name) => format!("{} ({})", visible(name), id.short()),
            None => id.short(),
        }
    }
}

/// What a command has to know besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Besides {
    /// Nothing.
    Nothing,
    /// Who offers what is offered.
    Senders,
    /// Which things certificates had when a run took them, as the journal has it.
    FormerThings,
}

/// What certificates are chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum ChosenFor {
    /// To be shown.
    Looking,
    /// To be changed, at once or by a plan: names that are kept on this computer choose nothing, since they may be old
    /// and are not all.
    Changing,
}

/// Finds the certificates that are meant. Without any word all of the account's are.
///
/// # Errors
///
/// What cannot be read, or why nothing can be found.
pub(in crate::cli) async fn choose(
    front: &mut Front,
    meant: &Meant,
    besides: Besides,
    chosen_for: ChosenFor,
) -> Result<Chosen, Error> {
    let filter = Filter::parse(meant.filter.as_deref().unwrap_or_default());
    if filter.is_empty() && meant.filter.is_some() {
        return Err(Error::EmptyFilter);
    }
    if let Some((word, why)) = filter.mistakes().next() {
        return Err(Error::Filter(word.to_owned(), why));
    }
    if chosen_for == ChosenFor::Changing
        && let Some((word, why)) = filter.too_vague(meant.is_by_name())
    {
        return Err(Error::Filter(word, why));
    }
    let lines = lines(meant, &front.here.place)?;
    let mut found = FoundBy::new();
    let finders: BTreeSet<Finder> = filter.finders().cloned().collect();
    for finder in finders {
        let by = find(front, finder.clone()).await?;
        if let Finder::Things(_) = finder
            && by.missing().next().is_some()
        {
            return Err(Error::NoSuch(finder));
        }
        found.insert(finder, by);
    }
    let names = lines.as_deref().map(names_in).unwrap_or_default();
    let mut things = if names.is_empty() {
        Found::default()
    } else {
        find(front, Finder::Things(names)).await?
    };
    if besides == Besides::FormerThings {
        former_things(front, &mut things).await?;
    }
    let files = lines.as_deref().map(files_of).unwrap_or_default();
    // Only by what all of them must have they are known without the account's list.
    let required = filter.required_finders().into_iter();
    let required: Vec<&Found> = required.filter_map(|by| found.get(by)).collect();
    let mut fleet = match named(lines.as_deref(), &things, &files, &required) {
        Some(ids) if ids.len() <= FEW => Fleet::described(front, &ids).await?,
        _ => Fleet::listed(front).await?,
    };
    let accounted = match lines {
        Some(lines) => {
            let view = View {
                fleet: &fleet,
                things: &things,
                files: &files,
            };
            accounted(lines, &front.here.place, &view)
        }
        None => Vec::new(),
    };
    let mut ids: Vec<CertificateId> = if meant.is_by_name() {
        let found = accounted.iter().filter_map(|it| match it.is {
            Accounting::Found(id) => Some(id),
            _ => None,
        });
        found.collect()
    } else {
        fleet.ids().to_vec()
    };
    if chosen_for == ChosenFor::Looking {
        let all = fleet.ids().to_vec();
        fleet.learn_names(front, all).await?;
    }
    if filter.wants_returned() {
        fleet.learn_returned(front).await?;
    }
    if filter.wants_sender() {
        fleet.learn_senders(front, &ids).await?;
    }
    let now = timestamp(SystemTime::now());
    ids.retain(|id| filter.is_empty() || fleet.takes(&filter, *id, front, &found, now));
    if chosen_for == ChosenFor::Changing {
        // For words alone: nothing is chosen by them.
        fleet.learn_names(front, ids.clone()).await?;
    }
    if besides == Besides::Senders {
        fleet.learn_senders(front, &ids).await?;
    }
    Ok(Chosen {
        ids,
        fleet,
        accounted,
        things: by_certificate(found.values().chain([&things])),
    })
}

impl Meant {
    /// Whether certificates are named, one by one or in a list.
    pub(in crate::cli) fn is_by_name(&self) -> bool {
        !self.names.is_empty() || self.select.is_some()
    }

    /// Whether anything is said at all.
    pub(in crate::cli) fn is_said(&self) -> bool {
        self.is_by_name() || self.filter.is_some()
    }
}

/// What was found by things, the other way round.
fn by_certificate<'a>(found: impl Iterator<Item = &'a Found>) -> HashMap<CertificateId, String> {
    let mut things = HashMap::new();
    for (name, ids) in found.flat_map(|it| &it.things) {
        for id in ids.iter().flatten() {
            things.entry(*id).or_insert_with(|| name.clone());
        }
    }
    things
}

/// The lines that are named; `None` where none are.
fn lines(meant: &Meant, at: &Place) -> Result<Option<Vec<WantedLine>>, Error> {
    let Some(path) = &meant.select else {
        let names = Some(&meant.names).filter(|it| !it.is_empty());
        return Ok(names.map(|names| wanted_names(names, at)));
    };
    let text = if path.as_os_str() == "-" {
        read_text(io::stdin().lock(), LONGEST_LIST)
    } else {
        File::open(path).and_then(|file| read_text(file, LONGEST_LIST))
    };
    let text = text.map_err(|error| Error::Unreadable(path.clone(), error))?;
    let lines = wanted_lines(&text, at).map_err(|why| Error::List(path.clone(), why))?;
    Ok(Some(lines))
}

/// The certificates that are named or found without the account's list; `None` when that is needed.
fn named(
    lines: Option<&[WantedLine]>,
    things: &Found,
    files: &ListedFiles,
    found: &[&Found],
) -> Option<Vec<CertificateId>> {
    let mut ids: Option<Vec<CertificateId>> = None;
    if let Some(lines) = lines {
        let mut named = Vec::new();
        for line in lines {
            match &line.wanted {
                Wanted::Id(id) => named.push(*id),
                Wanted::Arn(arn) => named.push(arn.id),
                // Whether an id begins so only the list says.
                Wanted::Name(name) if may_begin_an_id(name) => return None,
                Wanted::Name(name) => {
                    let of_it = things.things.get(name).into_iter().flatten();
                    named.extend(of_it.flatten());
                }
                Wanted::File(path) => {
                    let first = files.get(path).and_then(|it| it.as_ref().ok()?.first());
                    named.extend(first);
                }
                Wanted::Elsewhere(_) | Wanted::Nothing(_) => {}
            }
        }
        ids = Some(named);
    }
    for by in found {
        let in_it = |id: &CertificateId| by.certificates.contains(id);
        ids = Some(match ids {
            Some(ids) => ids,
            None => sorted(&by.certificates),
        });
        // What a line names is accounted for, whatever the filter says.
        if lines.is_none()
            && let Some(ids) = &mut ids
        {
            ids.retain(in_it);
        }
    }
    let mut once = HashSet::new();
    ids.map(|ids| ids.into_iter().filter(|id| once.insert(*id)).collect())
}

/// In an order that is the same each time.
fn sorted(ids: &HashSet<CertificateId>) -> Vec<CertificateId> {
    let mut ids: Vec<CertificateId> = ids.iter().copied().collect();
    ids.sort_unstable();
    ids
}

/// What lines are accounted for by.
struct View<'a> {
    fleet: &'a Fleet,
    things: &'a Found,
    files: &'a ListedFiles,
}

impl ListView for View<'_> {
    fn has(&self, id: CertificateId) -> bool {
        self.fleet.get(id).is_some()
    }

    fn beginning(&self, digits: &str) -> Vec<CertificateId> {
        let begins = |id: &&CertificateId| id.digits().starts_with(digits.as_bytes());
        self.fleet.ids().iter().filter(begins).copied().collect()
    }

    fn of_thing(&self, name: &str) -> Option<Vec<CertificateId>> {
        self.things.things.get(name).cloned().flatten()
    }

    fn of_file(&self, path: &str) -> Result<Vec<CertificateId>, String> {
        let unread = || Err("it was not read".to_owned());
        self.files.get(path).cloned().unwrap_or_else(unread)
    }
}

/// Finds certificates by what AWS has of them.
async fn find(front: &mut Front, by: Finder) -> Result<Found, Error> {
    let connection = front.here.connection;
    let mut found = Found::default();
    let question = ask::Find { by: by.clone() };
    let each = front
        .engine
        .each(connection, question, |part| found.take(part));
    match each.await {
        Err(failure) if failure.kind == FailureKind::NotFound => return Err(Error::NoSuch(by)),
        other => other.map_err(|failure| front.here.failed(&failure))?,
    }
    for group in &found.groups {
        note(&format!(
            "{by}: thing group {} has the policy too; what is in it is found by group:{}",
            visible(group),
            visible(group)
        ));
    }
    Ok(found)
}

/// Finds things in the journal that have no certificate any more: a run has detached them.
async fn former_things(front: &mut Front, things: &mut Found) -> Result<(), Error> {
    let bare = |it: &Option<Vec<CertificateId>>| it.iter().flatten().next().is_none();
    let names: HashSet<String> = things
        .things
        .iter()
        .filter(|(_, ids)| bare(ids))
        .map(|(name, _)| name.clone())
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let place = front.here.place.clone();
    let mut former: HashMap<String, Vec<CertificateId>> = HashMap::new();
    let each = front
        .engine
        .each(front.here.connection, ask::PastRuns {}, |part| {
            for run in part.runs.iter().filter(|it| it.before.place == place) {
                let held = run.before.things.iter();
                for thing in held.filter(|thing| names.contains(&thing.name)) {
                    let ids = former.entry(thing.name.clone()).or_default();
                    if !ids.contains(&run.before.certificate) {
                        ids.push(run.before.certificate);
                    }
                }
            }
        });
    each.await.map_err(|failure| front.here.failed(&failure))?;
    for (name, ids) in former {
        things.things.insert(name, Some(ids));
    }
    Ok(())
}

/// Says what became of the lines, and answers how many of them are no certificate of the account.
pub(in crate::cli) fn say_accounting(front: &Front, chosen: &Chosen) -> usize {
    if chosen.accounted.is_empty() {
        return 0;
    }
    for it in &chosen.accounted {
        front.out.json("line", line_json(it));
    }
    for it in chosen.missing() {
        let why = it.is.why().unwrap_or_default();
        let text = visible(&it.line.text);
        note(&format!("line {}: {text}: {why}", it.line.number));
    }
    note(&accounting_words(&chosen.accounted));
    chosen.missing().count()
}

fn line_json(it: &Accounted) -> serde_json::Value {
    json!({
        "line": it.line.number,
        "text": it.line.text,
        "is": it.is.code(),
        "id": it.is.certificate().map(|id| id.to_string()),
        "why": it.is.why(),
    })
}
