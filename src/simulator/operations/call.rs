//! A call, as an operation sees it.

use serde_json::Value;

use crate::simulator::wire::error::ApiError;
use crate::simulator::world::clock::Millis;
use crate::simulator::world::location::Location;
use crate::simulator::world::operation::Operation;

/// A request of a known caller for a known operation.
#[derive(Debug)]
pub(in crate::simulator) struct Call {
    /// What is called.
    pub(in crate::simulator) operation: Operation,
    /// By whom and in which region.
    pub(in crate::simulator) at: Location,
    /// With which key.
    pub(in crate::simulator) access_key_id: String,
    /// When.
    pub(in crate::simulator) now: Millis,
    /// The path label, decoded; empty if the path has none.
    pub(in crate::simulator) label: String,
    /// The second one, where the path has two.
    pub(in crate::simulator) second_label: String,
    pub(in crate::simulator) query: Vec<(String, String)>,
    pub(in crate::simulator) headers: Vec<(String, String)>,
    pub(in crate::simulator) body: Vec<u8>,
}

impl Call {
    /// The first value of a query key.
    pub(in crate::simulator) fn query(&self, key: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// The first header of a name in small letters.
    pub(in crate::simulator) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The first value of a field of a form-encoded body.
    pub(in crate::simulator) fn form(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(&self.body)
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// A text member of the JSON body.
    pub(in crate::simulator) fn member(&self, name: &str) -> Result<Option<String>, ApiError> {
        match self.value(name)? {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ApiError::invalid(format!("'{name}' must be a string"))),
        }
    }

    /// A member of the JSON body. An empty body is an empty document.
    pub(in crate::simulator) fn value(&self, name: &str) -> Result<Option<Value>, ApiError> {
        if self.body.is_empty() {
            return Ok(None);
        }
        let document: Value = serde_json::from_slice(&self.body)
            .map_err(|error| ApiError::invalid(format!("The body is not JSON: {error}")))?;
        if !document.is_object() {
            return Err(ApiError::invalid("The body is not a JSON object"));
        }
        Ok(document.get(name).filter(|it| !it.is_null()).cloned())
    }
}
