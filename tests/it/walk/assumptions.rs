//! Everything that AWS leaves open, in combinations: rows in which every two answers (or every three)
//! stand together at least once.

use std::time::Duration;

use certferry::simulator::{
    Assumptions, AttachWhileDetaching, CaAfterAccept, DetachUnattached, EndedTransferData,
    ForbiddenStatus, InactiveAuthorization, LeavingRevoked, NotInTransfer, PendingOwner,
    SameIdInTarget, SelfTransfer, SourceDescribe, SourceList, ThingsAttached, TransferOfUnusable,
    UnknownTarget, UpdateWhilePending, WithoutIndex, WrongSide,
};

/// Sets what an answer says.
type Answer = Box<dyn Fn(&mut Assumptions)>;

/// A question that AWS leaves open: its name, and what each answer sets.
struct Switch {
    name: &'static str,
    answers: Vec<Answer>,
}

macro_rules! switch {
    ($field:ident: $($answer:expr),+) => {
        Switch {
            name: stringify!($field),
            answers: vec![$(Box::new(|it: &mut Assumptions| it.$field = $answer)),+],
        }
    };
}

/// All of them. The pattern names every field of [`Assumptions`], so that one more does not compile
/// until it stands here.
fn switches() -> Vec<Switch> {
    let Assumptions {
        things_attached: _,
        source_list: _,
        source_describe: _,
        owner_while_pending: _,
        data_after_cancel: _,
        wrong_side: _,
        not_in_transfer: _,
        update_while_pending: _,
        forbidden_status: _,
        transfer_of_unusable: _,
        leaving_revoked: _,
        self_transfer: _,
        unknown_target: _,
        same_id_in_target: _,
        policy_detach_delay: _,
        thing_detach_delay: _,
        detach_unattached_thing: _,
        attach_while_detaching: _,
        without_index: _,
        inactive_authorization: _,
        ca_after_accept: _,
    } = Assumptions::default();
    vec![
        switch!(things_attached: ThingsAttached::TransferConflict, ThingsAttached::CertificateState,
            ThingsAttached::InvalidRequest, ThingsAttached::Allowed),
        switch!(source_list: SourceList::PendingTransfer, SourceList::Hidden),
        switch!(source_describe: SourceDescribe::PendingTransfer, SourceDescribe::ResourceNotFound,
            SourceDescribe::AsBefore),
        switch!(owner_while_pending: PendingOwner::Recipient, PendingOwner::Source),
        switch!(data_after_cancel: EndedTransferData::Kept, EndedTransferData::Cleared),
        switch!(wrong_side: WrongSide::ResourceNotFound, WrongSide::AccessDenied),
        switch!(not_in_transfer: NotInTransfer::TransferAlreadyCompleted,
            NotInTransfer::ResourceNotFound, NotInTransfer::InvalidRequest),
        switch!(update_while_pending: UpdateWhilePending::CertificateState,
            UpdateWhilePending::ResourceNotFound),
        switch!(forbidden_status: ForbiddenStatus::InvalidRequest, ForbiddenStatus::CertificateState),
        switch!(transfer_of_unusable: TransferOfUnusable::CertificateState,
            TransferOfUnusable::Allowed),
        switch!(leaving_revoked: LeavingRevoked::CertificateState, LeavingRevoked::Allowed),
        switch!(self_transfer: SelfTransfer::InvalidRequest, SelfTransfer::TransferConflict),
        switch!(unknown_target: UnknownTarget::Accepted, UnknownTarget::ResourceNotFound,
            UnknownTarget::InvalidRequest),
        switch!(same_id_in_target: SameIdInTarget::TransferConflict, SameIdInTarget::InvalidRequest),
        switch!(policy_detach_delay: Duration::ZERO, Duration::from_secs(4)),
        switch!(thing_detach_delay: Duration::from_secs(3), Duration::ZERO,
            Duration::from_secs(20)),
        switch!(detach_unattached_thing: DetachUnattached::ResourceNotFound,
            DetachUnattached::Succeeds),
        switch!(attach_while_detaching: AttachWhileDetaching::Stays, AttachWhileDetaching::Lost),
        switch!(without_index: WithoutIndex::IndexNotReady, WithoutIndex::InvalidRequest),
        switch!(inactive_authorization: InactiveAuthorization::Answers,
            InactiveAuthorization::InvalidRequest),
        switch!(ca_after_accept: CaAfterAccept::Kept, CaAfterAccept::Forgotten),
    ]
}

/// Rows of answers, one answer a switch, in which every `strength` answers of different switches stand
/// together. The first row is the usual one.
pub(crate) fn covering(strength: usize) -> Vec<Assumptions> {
    let switches = switches();
    let sizes: Vec<usize> = switches.iter().map(|it| it.answers.len()).collect();
    rows(&sizes, strength)
        .into_iter()
        .map(|row| {
            let mut assumptions = Assumptions::default();
            for (switch, answer) in switches.iter().zip(row) {
                (switch.answers[answer])(&mut assumptions);
            }
            assumptions
        })
        .collect()
}

/// Positions of switches, with an answer each.
type Tuple = Vec<(usize, usize)>;

/// Every way to take `strength` switches, with every way to answer them.
fn tuples(sizes: &[usize], strength: usize) -> Vec<Tuple> {
    let mut tuples: Vec<Tuple> = vec![Vec::new()];
    for _ in 0..strength {
        tuples = tuples
            .into_iter()
            .flat_map(|tuple| {
                let next = tuple.last().map_or(0, |(switch, _)| switch + 1);
                (next..sizes.len())
                    .flat_map(move |switch| (0..sizes[switch]).map(move |answer| (switch, answer)))
                    .map(move |one| {
                        let mut longer = tuple.clone();
                        longer.push(one);
                        longer
                    })
            })
            .collect();
    }
    tuples
}

/// Greedy: each row begins with a tuple that is left, and takes one answer after the other, always the
/// one that makes the most tuples whole.
fn rows(sizes: &[usize], strength: usize) -> Vec<Vec<usize>> {
    let usual = vec![0; sizes.len()];
    let holds = |row: &[usize], tuple: &Tuple| tuple.iter().all(|(at, it)| row[*at] == *it);
    let mut left = tuples(sizes, strength);
    left.retain(|tuple| !holds(&usual, tuple));
    let mut rows = vec![usual];
    while let Some(first) = left.first() {
        let mut row: Vec<Option<usize>> = vec![None; sizes.len()];
        for (at, it) in first {
            row[*at] = Some(*it);
        }
        while let Some((at, it)) = most_made_whole(sizes, &row, &left) {
            row[at] = Some(it);
        }
        let row: Vec<usize> = row.into_iter().map(Option::unwrap_or_default).collect();
        left.retain(|tuple| !holds(&row, tuple));
        rows.push(row);
    }
    rows
}

/// The answer that fits to what a row has and makes the most of the tuples whole, or else comes nearest.
fn most_made_whole(
    sizes: &[usize],
    row: &[Option<usize>],
    left: &[Tuple],
) -> Option<(usize, usize)> {
    let mut whole: Vec<Vec<usize>> = sizes.iter().map(|answers| vec![0; *answers]).collect();
    let mut nearer: Option<(usize, usize)> = None;
    for tuple in left {
        let mut missing = tuple.iter().filter(|(at, it)| row[*at] != Some(*it));
        let Some(&(at, it)) = missing.next() else {
            continue;
        };
        if row[at].is_some() {
            continue;
        }
        match missing.next() {
            None => whole[at][it] += 1,
            Some((other, _)) if row[*other].is_none() => nearer = nearer.or(Some((at, it))),
            Some(_) => {}
        }
    }
    let best = (0..sizes.len())
        .flat_map(|at| (0..sizes[at]).map(move |it| (at, it)))
        .max_by_key(|(at, it)| whole[*at][*it])?;
    if whole[best.0][best.1] > 0 {
        Some(best)
    } else {
        nearer
    }
}

#[test]
fn every_pair_and_every_triple_of_answers_stands_in_a_row() {
    let sizes: Vec<usize> = switches().iter().map(|it| it.answers.len()).collect();
    for (strength, at_most) in [(2, 20), (3, 80)] {
        let rows = rows(&sizes, strength);
        assert!(rows.len() <= at_most, "{strength}: {} rows", rows.len());
        for a in 0..sizes.len() {
            for b in a + 1..sizes.len() {
                for c in b + 1..sizes.len() {
                    let mut found: Vec<[usize; 3]> =
                        rows.iter().map(|row| [row[a], row[b], row[c]]).collect();
                    if strength == 2 {
                        for it in &mut found {
                            it[2] = 0;
                        }
                    }
                    found.sort_unstable();
                    found.dedup();
                    let third = if strength == 2 { 1 } else { sizes[c] };
                    assert_eq!(found.len(), sizes[a] * sizes[b] * third);
                }
            }
        }
    }
}

/// Each answer is one: two that set the same would count twice and be tried once.
#[test]
fn the_answers_of_a_switch_differ() {
    for switch in switches() {
        let set: Vec<Assumptions> = switch
            .answers
            .iter()
            .map(|answer| {
                let mut assumptions = Assumptions::default();
                answer(&mut assumptions);
                assumptions
            })
            .collect();
        for (n, one) in set.iter().enumerate() {
            assert!(!set[n + 1..].contains(one), "{}", switch.name);
        }
        assert_eq!(set[0], Assumptions::default(), "{}", switch.name);
    }
}
