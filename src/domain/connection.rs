//! What names a connection.

/// Numbers the connections of one run of the program. Data of one connection is never shown under
/// the header of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u32);
