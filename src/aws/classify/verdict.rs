//! What an error says of a request.

use std::{error::Error, io};

use crate::{aws::classify::causes::find, domain::FailureKind};

/// What kind of failure it is, and what may have become of the request.
pub(super) struct ErrorVerdict {
    pub(super) kind: FailureKind,
    /// Whether AWS may have received the request and acted on it.
    pub(super) may_have_run: bool,
}

impl ErrorVerdict {
    pub(super) const fn ran_not(kind: FailureKind) -> Self {
        Self {
            kind,
            may_have_run: false,
        }
    }

    pub(super) const fn may_have_run(kind: FailureKind) -> Self {
        Self {
            kind,
            may_have_run: true,
        }
    }
}

/// Why there was no connection to send anything over, as far as the operating system says.
pub(super) fn unreachable(error: &(dyn Error + 'static)) -> Option<FailureKind> {
    let io = find::<io::Error>(error)?;
    if io.kind() == io::ErrorKind::ConnectionRefused {
        return Some(FailureKind::ConnectionRefused);
    }
    // The resolver's failures (`getaddrinfo`) have neither an error number of the operating system
    // nor a kind with a stable name. A number that no system uses has the same nameless kind.
    let nameless = io::Error::from_raw_os_error(i32::MAX).kind();
    (io.kind() == nameless && io.raw_os_error().is_none()).then_some(FailureKind::UnknownHost)
}
