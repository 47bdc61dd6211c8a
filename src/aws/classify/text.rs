//! Foreign text, bounded; and failures that no error of the SDK is behind.

use crate::domain::{Failure, FailureKind, Operation};

/// The longest message kept, in characters. What answers in AWS's place may send a whole page.
pub(super) const MESSAGE_LIMIT: usize = 500;

/// The text, cut to a number of characters.
pub(in crate::aws) fn bounded(text: &str, limit: usize) -> String {
    if text.chars().nth(limit).is_none() {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    kept.push('…');
    kept
}

/// An answer that was read but makes no sense.
pub(in crate::aws) fn unreadable(operation: Operation, message: &str) -> Failure {
    Failure {
        operation,
        kind: FailureKind::UnreadableAnswer,
        code: None,
        message: message.to_owned(),
        request_id: None,
        ambiguous: false,
        refuted: false,
    }
}

/// A failure to connect.
pub(in crate::aws) fn not_connected(kind: FailureKind, message: impl Into<String>) -> Failure {
    Failure {
        kind,
        ..Failure::internal(Operation::Connect, message)
    }
}
