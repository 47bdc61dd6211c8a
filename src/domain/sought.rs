//! Where credentials and a region are looked for on this computer, and what was found there.

/// A place where credentials or a region could be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoughtPlace {
    /// Its name, such as the path of a file. Foreign text.
    pub place: String,
    /// What was found there, or that nothing was. Foreign text.
    pub words: String,
    /// Whether something was found that gives credentials or a region.
    pub found: bool,
}

/// What this computer has to sign in with, as far as it is known without asking anybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// The places, in the order in which they are looked at.
    pub places: Vec<SoughtPlace>,
    /// The profiles, sorted. Foreign text.
    pub profiles: Vec<String>,
    /// The commands that sign in, where profiles have something to sign in to. Foreign text.
    pub sign_in: Vec<String>,
    /// Whether anything that is configured gives credentials.
    pub credentials: bool,
    /// Whether a region is configured.
    pub region: bool,
    /// Whether the metadata service of an EC2 instance is asked, since nothing else says it. Where there is none, that
    /// takes a while.
    pub asks_instance: bool,
}
