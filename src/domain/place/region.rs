//! Names of regions.

/// Whether a text can be the name of a region of AWS: `eu-central-1`.
pub fn is_region(text: &str) -> bool {
    is_plain(text) && text.contains('-')
}

/// Whether a text has no other letters than the names of regions. An emulator may have names of its own.
pub fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(plain)
}
