//! Moments and ages in words.

use crate::domain::clock::Timestamp;

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
