//! fleets
/// A fleet.
#[derive(Clone, Debug)]
pub struct Fleet {}
