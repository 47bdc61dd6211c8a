//! Requests and responses as plain data, and their parts.

pub(in crate::simulator) mod error;
pub(in crate::simulator) mod scope;

use serde_json::{Value, json};

use crate::simulator::wire::error::ApiError;

/// An HTTP request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The method, in capitals.
    pub method: String,
    /// The target: absolute, or from the path on. Percent-encoded.
    pub uri: String,
    /// The headers, in order. Names are compared without regard to case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers or body.
    pub fn new(method: &str, uri: &str) -> Self {
        Self {
            method: method.to_owned(),
            uri: uri.to_owned(),
            ..Self::default()
        }
    }

    /// The request with one more header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The request with a body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The first header of this name.
    pub(in crate::simulator) fn get(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The path and the query of the target, without scheme and host.
    pub(in crate::simulator) fn path_and_query(&self) -> (&str, &str) {
        let target = self
            .uri
            .split_once("://")
            .map_or(self.uri.as_str(), |(_, rest)| {
                rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
            });
        target.split_once('?').unwrap_or((target, ""))
    }
}

/// An HTTP response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers, in order, with names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// An answer of an IoT operation.
    pub(in crate::simulator) fn json(request_id: &str, reply: &Reply) -> Self {
        let body = match reply {
            Reply::Empty => Vec::new(),
            Reply::Json(value) => value.to_string().into_bytes(),
        };
        Self::with(200, request_id, "application/json", body)
    }

    /// An error of an IoT operation: the code in a header, the message in the body (restJson1).
    pub(in crate::simulator) fn json_error(request_id: &str, error: &ApiError) -> Self {
        let body = json!({ "message": error.message }).to_string();
        let mut response = Self::with(
            error.status,
            request_id,
            "application/json",
            body.into_bytes(),
        );
        // The suffix is what AWS's front end adds; clients strip it.
        response.headers.push((
            "x-amzn-errortype".to_owned(),
            format!(
                "{}:http://internal.amazon.com/coral/com.amazonaws.iot/",
                error.code
            ),
        ));
        response
    }

    /// An answer of STS, good or bad (awsQuery).
    pub(in crate::simulator) fn xml(status: u16, request_id: &str, body: String) -> Self {
        Self::with(status, request_id, "text/xml", body.into_bytes())
    }

    /// An empty success.
    #[cfg(feature = "faults")]
    pub(in crate::simulator) fn empty(request_id: &str) -> Self {
        Self::with(200, request_id, "application/json", b"{}".to_vec())
    }

    /// A success that is not AWS's.
    #[cfg(feature = "faults")]
    pub(in crate::simulator) fn foreign(text: &str) -> Self {
        let mut response = Self::with(200, "", "text/html", text.as_bytes().to_vec());
        response
            .headers
            .retain(|(name, _)| name != "x-amzn-requestid");
        response
    }

    fn with(status: u16, request_id: &str, content_type: &str, body: Vec<u8>) -> Self {
        Self {
            status,
            headers: vec![
                ("content-type".to_owned(), content_type.to_owned()),
                ("content-length".to_owned(), body.len().to_string()),
                ("x-amzn-requestid".to_owned(), request_id.to_owned()),
            ],
            body,
        }
    }
}

/// The connection was lost instead of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("connection reset by peer")]
pub struct NoAnswer;

/// What an operation that succeeded has to say.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::simulator) enum Reply {
    /// Nothing: the model has no output.
    Empty,
    /// A document.
    Json(Value),
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}
