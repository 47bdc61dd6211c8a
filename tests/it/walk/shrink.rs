//! Makes a story that fails as short as possible: everything that it fails without is left out.

use std::fmt::Write as _;

use super::{
    course::{Walked, walk},
    script::{Act, Deed, Script},
};

/// How many walks it may take.
const TRIES: u32 = 400;

/// The smallest script that breaks the same promise, as far as that was found.
pub(super) fn smallest(mut script: Script, mut found: Walked) -> (Script, Walked) {
    let Some((promise, _)) = found.broken.clone() else {
        return (script, found);
    };
    let mut tries = 0;
    loop {
        let mut better = None;
        for smaller in smaller(&script) {
            tries += 1;
            if tries > TRIES {
                return (script, found);
            }
            let walked = walk(&smaller);
            if walked.broken.as_ref().is_some_and(|it| it.0 == promise) {
                better = Some((smaller, walked));
                break;
            }
        }
        match better {
            Some(better) => (script, found) = better,
            None => return (script, found),
        }
    }
}

/// Scripts with something less, those with the least first.
fn smaller(script: &Script) -> Vec<Script> {
    let mut all = Vec::new();
    let with = |change: &dyn Fn(&mut Script)| {
        let mut smaller = script.clone();
        change(&mut smaller);
        smaller
    };
    for parts in [2, 4] {
        for part in 0..parts {
            let n = script.mishaps.len();
            let (from, to) = (n * part / parts, n * (part + 1) / parts);
            if to - from > 1 {
                all.push(with(&|it| drop(it.mishaps.drain(from..to))));
            }
        }
    }
    for n in (0..script.events.len()).rev() {
        all.push(with(&|it| drop(it.events.remove(n))));
    }
    if script.mishaps.len() <= 12 {
        for n in 0..script.mishaps.len() {
            all.push(with(&|it| {
                it.mishaps.remove(n);
            }));
        }
    }
    let last = script.certificates.len() - 1;
    if last > 0 {
        all.push(with(&|it| without_last(it, last)));
    }
    for n in 0..script.certificates.len() {
        let new = &script.certificates[n];
        if new.policies > 0 {
            all.push(with(&|it| it.certificates[n].policies -= 1));
        }
        if new.things > 0 {
            all.push(with(&|it| it.certificates[n].things -= 1));
        }
        if new.offered.is_some() {
            all.push(with(&|it| it.certificates[n].offered = None));
        }
    }
    let usual = certferry::simulator::Assumptions::default();
    if script.assumptions != usual {
        all.push(with(&|it| it.assumptions = usual.clone()));
    }
    all
}

/// Without the last certificate, and what is done to it done to the first one.
fn without_last(script: &mut Script, last: usize) {
    script.certificates.pop();
    for event in &mut script.events {
        match &mut event.act {
            Act::Console { certificate, .. } if *certificate == last => *certificate = 0,
            Act::With { deed, .. } => match deed {
                Deed::Transfer { of, .. }
                | Deed::TransferReady { of, .. }
                | Deed::HandOver { of }
                | Deed::PutBack { of }
                | Deed::Resume { of } => {
                    of.retain(|it| *it != last);
                    if of.is_empty() {
                        of.push(0);
                    }
                }
                Deed::RemoveCreated { of } | Deed::Single { of, .. } if *of == last => *of = 0,
                _ => {}
            },
            _ => {}
        }
    }
}

/// The story of a script, and what was broken in it.
pub(super) fn told(script: &Script, found: &Walked) -> String {
    let mut text = format!("seed {}: {:?}\n", script.seed, found.broken);
    let usual = certferry::simulator::Assumptions::default();
    if script.assumptions != usual {
        writeln!(text, "{:?}", script.assumptions).unwrap();
    }
    for certificate in &script.certificates {
        writeln!(text, "{certificate:?}").unwrap();
    }
    for event in &script.events {
        writeln!(text, "{event:?}").unwrap();
    }
    writeln!(text, "{:?}", script.mishaps).unwrap();
    for line in &found.story {
        writeln!(text, "{line}").unwrap();
    }
    text
}
