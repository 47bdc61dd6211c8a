//! Moments and ages in words.

use std::time::Duration;

use crate::domain::{clock::Timestamp, text::counted};

/// `2026-01-02 10:15 UTC`.
pub fn moment(at: Timestamp) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute())
}

/// `10:15:02 UTC`: when something was looked at that may be otherwise soon.
pub fn second(at: Timestamp) -> String {
    let (hour, minute, second) = at.to_offset(time::UtcOffset::UTC).to_hms();
    format!("{hour:02}:{minute:02}:{second:02} UTC")
}

/// `10:15 UTC` for a moment of today, else with its date.
pub fn as_of(at: Timestamp, now: Timestamp) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    if at.date() == now.to_offset(time::UtcOffset::UTC).date() {
        format!("{:02}:{:02} UTC", at.hour(), at.minute())
    } else {
        moment(at)
    }
}

/// How long ago: `just now`, `4 min`, `3 h`, `12 d`.
pub fn age(at: Timestamp, now: Timestamp) -> String {
    in_unit(at, now, "just now", [" d", " h", " min"])
}

/// How long ago, as short as the column of a small screen needs it: `now`, `4m`, `3h`, `12 d`.
pub fn short_age(at: Timestamp, now: Timestamp) -> String {
    in_unit(at, now, "now", [" d", "h", "m"])
}

/// `just now`, `5 d ago`.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    match age(at, now).as_str() {
        "just now" => "just now".to_owned(),
        age => format!("{age} ago"),
    }
}

/// `in 5 hours`, `in 23 days`, `in 14 months`, `in 23 years`; of what is over `3 days ago`.
pub fn away(at: Timestamp, now: Timestamp) -> String {
    let distance = (at - now).abs();
    let days = distance.whole_days();
    let (n, one, many) = match days {
        0 => (distance.whole_hours(), "hour", "hours"),
        1..=60 => (days, "day", "days"),
        61..=729 => (days / 30, "month", "months"),
        _ => (days / 365, "year", "years"),
    };
    let n = usize::try_from(n).unwrap_or(0);
    let words = match n {
        0 => "less than an hour".to_owned(),
        n => counted(n, one, many),
    };
    if at > now {
        format!("in {words}")
    } else {
        format!("{words} ago")
    }
}

/// The seconds below a minute are told in steps of so many: each step is drawn, and costs bytes on a slow line.
const STEP: i64 = 10;

/// How long ago something was looked at: `just now`, `20 s ago`, `4 min ago`.
pub fn fresh(at: Timestamp, now: Timestamp) -> String {
    match (now - at).whole_seconds() {
        seconds @ STEP..60 => {
            let steps = seconds.saturating_div(STEP).saturating_mul(STEP);
            format!("{steps} s ago")
        }
        _ => ago(at, now),
    }
}

/// How long until [`fresh`] says something else.
pub fn fresh_until(at: Timestamp, now: Timestamp) -> Duration {
    let passed = (now - at).max(time::Duration::ZERO);
    let seconds = passed.whole_seconds();
    let step = match seconds {
        ..60 => STEP,
        60..3_600 => 60,
        3_600..86_400 => 3_600,
        _ => 86_400,
    };
    let next = seconds
        .saturating_div(step)
        .saturating_add(1)
        .saturating_mul(step);
    let left = time::Duration::seconds(next) - passed;
    Duration::try_from(left).unwrap_or_default()
}

/// A time in the largest unit that it fills.
fn in_unit(at: Timestamp, now: Timestamp, none: &str, [d, h, min]: [&str; 3]) -> String {
    let passed = now - at;
    match (
        passed.whole_days(),
        passed.whole_hours(),
        passed.whole_minutes(),
    ) {
        (days, ..) if days > 0 => format!("{days}{d}"),
        (_, hours, _) if hours > 0 => format!("{hours}{h}"),
        (.., minutes) if minutes > 0 => format!("{minutes}{min}"),
        _ => none.to_owned(),
    }
}

/// A moment as part of a file name: `20261124-101500`.
pub fn file_stamp(at: Timestamp) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!(
        "{:04}{:02}{:02}-{:02}{:02}{:02}",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_come_and_what_is_over_is_told_in_days() {
        let now = time::macros::datetime!(2026-11-24 12:00 UTC);
        for (from_now, said) in [
            (time::Duration::minutes(20), "in less than an hour"),
            (time::Duration::hours(5), "in 5 hours"),
            (time::Duration::days(1), "in 1 day"),
            (time::Duration::days(23), "in 23 days"),
            (time::Duration::days(430), "in 14 months"),
            (time::Duration::days(8_400), "in 23 years"),
            (time::Duration::days(-3), "3 days ago"),
        ] {
            assert_eq!(away(now + from_now, now), said);
        }
    }

    #[test]
    fn what_was_looked_at_gets_older_in_steps() {
        let at = time::macros::datetime!(2026-11-24 12:00 UTC);
        for (seconds, said, left) in [
            (-5, "just now", 10),
            (0, "just now", 10),
            (9, "just now", 1),
            (10, "10 s ago", 10),
            (59, "50 s ago", 1),
            (60, "1 min ago", 60),
            (3_599, "59 min ago", 1),
            (7_200, "2 h ago", 3_600),
            (86_400, "1 d ago", 86_400),
        ] {
            let now = at + time::Duration::seconds(seconds);
            assert_eq!(fresh(at, now), said);
            assert_eq!(fresh_until(at, now), Duration::from_secs(left), "{seconds}");
        }
    }

    #[test]
    fn ages_are_in_the_largest_unit() {
        let now = time::macros::datetime!(2026-11-24 12:00 UTC);
        for (ago, said) in [
            (time::Duration::seconds(-5), "just now"),
            (time::Duration::seconds(59), "just now"),
            (time::Duration::minutes(59), "59 min"),
            (time::Duration::hours(23), "23 h"),
            (time::Duration::days(326), "326 d"),
        ] {
            assert_eq!(age(now - ago, now), said);
            let short = said.replace("just ", "").replace(" min", "m");
            assert_eq!(short_age(now - ago, now), short.replace(" h", "h"));
        }
        assert_eq!(moment(now), "2026-11-24 12:00 UTC");
        assert_eq!(as_of(now - time::Duration::hours(2), now), "10:00 UTC");
        assert_eq!(
            as_of(now - time::Duration::hours(20), now),
            "2026-11-23 16:00 UTC"
        );
    }
}
