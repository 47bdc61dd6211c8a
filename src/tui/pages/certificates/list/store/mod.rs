//! Where the rows and the names of a long list are kept.

pub(super) mod kept;
pub(super) mod left;
pub(super) mod rows;
