//! What is looked at before a plan is made, and again before it is applied.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Instant,
};

use crate::{
    cli::{
        error::Error,
        front::{
            open::{Front, Opened},
            progress::ProgressShown,
        },
    },
    domain::{
        Belongings, CertificateId, Choice, Failure, Look, LookedAt, PlanHandOver, PlanSide, Recipe,
        Survey, SurveyPart, Wishes, ask,
    },
};

/// How certificates stand.
#[derive(Debug, Default)]
pub(in crate::cli) struct Seen {
    /// Those that could be looked at.
    pub(in crate::cli) looks: HashMap<CertificateId, Look>,
    /// The others, and why.
    pub(in crate::cli) not_looked_at: Vec<(CertificateId, Box<Failure>)>,
    /// What would be done in the recipient's account, when it is a hand-over.
    pub(in crate::cli) hand_over: Option<PlanHandOver>,
}

/// Looks at certificates.
///
/// # Errors
///
/// Why none of them can be looked at.
pub(in crate::cli) async fn look(front: &mut Front, ids: &[CertificateId]) -> Result<Seen, Error> {
    let mut seen = Seen::default();
    if ids.is_empty() {
        return Ok(seen);
    }
    let shown = ProgressShown::of("Looking", ids.len());
    let question = ask::LookAt { ids: ids.to_vec() };
    let mut said = Instant::now();
    let take = |LookedAt { look, .. }| {
        match look {
            Ok(look) => {
                seen.looks.insert(look.id, look);
            }
            Err(failed) => seen.not_looked_at.push(failed),
        }
        let read = seen.looks.len().saturating_add(seen.not_looked_at.len());
        said = shown.now_and_then(said, read, ids.len());
    };
    let each = front.engine.each(front.here.connection, question, take);
    let looked = each.await;
    shown.end();
    looked.map_err(|failure| front.failed(&failure))?;
    Ok(seen)
}

/// Reads what certificates have in both accounts, and works out what would be done in the recipient's.
///
/// # Errors
///
/// Why nothing can be read.
pub(in crate::cli) async fn look_at_both(
    front: &mut Front,
    peer: &Opened,
    ids: &[CertificateId],
    wishes: Wishes,
    choices: BTreeMap<String, Choice>,
) -> Result<Seen, Error> {
    let shown = ProgressShown::of("Reading", ids.len());
    let question = ask::TakesAlong {
        ids: ids.to_vec(),
        beside: Some(peer.connection),
        mapping: Box::new(wishes.mapping.clone()),
    };
    let mut survey = Survey::new(ids.len());
    let mut said = Instant::now();
    let take = |part: SurveyPart| {
        survey.take(part);
        said = shown.now_and_then(said, survey.read(), ids.len());
    };
    let each = front.engine.each(front.here.connection, question, take);
    let read = each.await;
    shown.end();
    read.map_err(|failure| front.failed(&failure))?;
    let recipe = Arc::new(Recipe::of(&survey, &wishes, &choices));
    let recipient = PlanSide {
        place: peer.place.clone(),
        profile: peer.profile.clone(),
    };
    let looks = survey.certificates.values().map(Belongings::look);
    Ok(Seen {
        looks: looks.map(|look| (look.id, look)).collect(),
        not_looked_at: survey.not_read,
        hand_over: Some(PlanHandOver {
            recipient,
            wishes,
            choices,
            recipe,
        }),
    })
}
