//! How fast a batch goes, and what bounds that.

use crate::{
    domain::{
        Procedure, Speed, Standing, Timestamp,
        text::width,
        words::progress::{bounded, goes_ahead, short_number, slowed_words},
    },
    tui::{known::context::Context, pages::batch::state::BatchState, text::words::seconds},
};

/// A column of a picture of numbers, the lowest first. Nothing is a blank.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The widest such picture.
const WIDEST: usize = 60;
/// A narrower one says nothing.
const NARROWEST: usize = 6;

/// Rates as columns of a picture, the highest of them as high as it can be.
fn bars(rates: &[f64]) -> String {
    let most = rates.iter().copied().fold(0.0, f64::max);
    let bar = |rate: &f64| {
        if *rate <= 0.0 || most <= 0.0 {
            return ' ';
        }
        // Each column stands for an eighth of the highest.
        let eighths = (1_u32..8).take_while(|n| rate / most > f64::from(*n) / 8.0);
        BARS.get(eighths.count()).copied().unwrap_or('█')
    };
    rates.iter().map(bar).collect()
}

/// How many certificates were over a second until now, as a picture with words; `None` where there is no room.
pub fn picture(speed: &Speed, now: Timestamp, room: usize) -> Option<(String, String)> {
    let words = |rates: &[f64], each: std::time::Duration| {
        let most = rates.iter().copied().fold(0.0, f64::max);
        let each = each.as_secs().max(1);
        let all = u64::try_from(rates.len()).unwrap_or(0).saturating_mul(each);
        let all = std::time::Duration::from_secs(all);
        format!(
            "up to {} a second in the last {}",
            short_number(most),
            seconds(all)
        )
    };
    let (rates, each) = speed.parts(now, WIDEST);
    let text = words(&rates, each);
    let left = room.saturating_sub(width(&text)).saturating_sub(2);
    if left < NARROWEST {
        return None;
    }
    let (rates, each) = speed.parts(now, left.min(WIDEST));
    Some((bars(&rates), words(&rates, each)))
}

/// What bounds how fast a batch goes; `None` when that is not known.
pub fn bound(cx: &Context<'_>, run: &BatchState) -> Option<String> {
    let tally = &run.tally;
    if tally.ended.is_some() || tally.items().len() < 2 {
        return None;
    }
    if let Some(ahead) = tally.goes_ahead() {
        let others = tally.count(Standing::Waiting);
        return Some(goes_ahead(&cx.called(ahead.id), others));
    }
    // At most some dozens are worked on at once.
    let mut under_way = tally.standing(Standing::UnderWay);
    let first = under_way.next().and_then(|item| item.waiting.as_ref());
    if let Some(what) = first
        && under_way.all(|item| item.waiting.is_some())
    {
        let n = tally.count(Standing::UnderWay);
        let what = crate::domain::text::visible(what);
        return Some(match n {
            1 => format!("the one under way waits for AWS: {what}"),
            n => format!("all {n} under way wait for AWS: {what}"),
        });
    }
    if matches!(tally.procedure, Procedure::LeaveAsIs) {
        return None;
    }
    if let Some(slowed) = &run.slowed {
        return Some(slowed_words(slowed));
    }
    let part = cx.setup.config.pace;
    tally.bound(part).map(|by| bounded(&by, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_become_columns() {
        assert_eq!(bars(&[0.0, 0.1, 4.0, 8.0]), " ▁▄█");
        assert_eq!(bars(&[]), "");
        assert_eq!(bars(&[0.0]), " ");
    }
}
