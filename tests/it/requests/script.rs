//! An `HttpClient` that answers from a script and remembers what it was asked.

use std::{
    collections::VecDeque,
    fmt, io,
    sync::{Arc, Mutex},
};

use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpClient, SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;

/// What happens to a request.
#[derive(Debug, Clone)]
pub(super) enum Reaction {
    /// It is answered.
    Answer {
        status: u16,
        code: Option<&'static str>,
        body: String,
    },
    /// Something that is not AWS answers, with a success.
    Portal(String),
    /// It is never answered.
    Hang,
    /// The connection fails, in this way.
    Broken(io::ErrorKind),
    /// The client has a bug.
    Panic,
}

/// 200 with a JSON body.
pub(super) fn ok(body: impl Into<String>) -> Reaction {
    Reaction::Answer {
        status: 200,
        code: None,
        body: body.into(),
    }
}

/// A success of something that is not AWS.
pub(super) fn portal(body: &str) -> Reaction {
    Reaction::Portal(body.to_owned())
}

/// An error as AWS sends it.
pub(super) fn error(status: u16, code: &'static str) -> Reaction {
    Reaction::Answer {
        status,
        code: Some(code),
        body: format!("{{\"message\": \"the message of {code}\"}}"),
    }
}

/// An error that something else sends.
pub(super) fn page(status: u16, body: &str) -> Reaction {
    Reaction::Answer {
        status,
        code: None,
        body: body.to_owned(),
    }
}

/// What STS answers.
pub(super) const IDENTITY: &str = r#"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/op</Arn><UserId>U</UserId>
<Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"#;

/// A request that was sent.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    /// `GET /certificates?pageSize=250`.
    pub(super) line: String,
    pub(super) user_agent: String,
    pub(super) authorization: String,
    pub(super) principal: String,
    pub(super) body: String,
}

#[derive(Default)]
struct Inner {
    routes: Vec<(String, VecDeque<Reaction>)>,
    sent: Vec<Sent>,
}

#[derive(Clone, Default)]
pub(super) struct Script(Arc<Mutex<Inner>>);

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Script")
    }
}

impl Script {
    /// Requests whose line starts with `line` get these reactions one after the other; the last one
    /// stays.
    pub(super) fn on(self, line: &str, reactions: impl IntoIterator<Item = Reaction>) -> Self {
        let route = (line.to_owned(), reactions.into_iter().collect());
        self.0.lock().unwrap().routes.push(route);
        self
    }

    pub(super) fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    pub(super) fn sent(&self) -> Vec<Sent> {
        self.0.lock().unwrap().sent.clone()
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.sent().into_iter().map(|sent| sent.line).collect()
    }

    /// How many requests had a line that starts so.
    pub(super) fn count(&self, line: &str) -> usize {
        let lines = self.lines();
        lines.iter().filter(|sent| sent.starts_with(line)).count()
    }

    fn react(&self, request: &HttpRequest) -> Reaction {
        let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
        let uri = request.uri();
        let path = uri.split_once("://").map_or(uri, |(_, rest)| rest);
        let path = path.split_once('/').map_or("", |(_, rest)| rest);
        let line = format!("{} /{path}", request.method());
        let sent = Sent {
            line: line.clone(),
            user_agent: header("user-agent"),
            authorization: header("authorization"),
            principal: header("x-amzn-principal"),
            body: String::from_utf8(request.body().bytes().unwrap_or_default().to_vec()).unwrap(),
        };
        let mut inner = self.0.lock().unwrap();
        let route = inner
            .routes
            .iter()
            .position(|(start, _)| line.starts_with(start));
        if route.is_none() && line == "POST /" {
            // Who signs is asked before a change, and of no interest in most scripts.
            return ok(IDENTITY);
        }
        inner.sent.push(sent);
        let Some((_, reactions)) = route.and_then(|route| inner.routes.get_mut(route)) else {
            panic!("not in the script: {line}");
        };
        if reactions.len() > 1 {
            reactions.pop_front().unwrap()
        } else {
            reactions.front().unwrap().clone()
        }
    }
}

impl HttpClient for Script {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Script {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let reaction = self.react(&request);
        HttpConnectorFuture::new(async move {
            match reaction {
                Reaction::Hang => std::future::pending().await,
                Reaction::Panic => panic!("the scripted bug"),
                Reaction::Broken(kind) => Err(ConnectorError::io(io::Error::from(kind).into())),
                Reaction::Portal(body) => {
                    let status = StatusCode::try_from(200).unwrap();
                    Ok(HttpResponse::new(status, SdkBody::from(body)))
                }
                Reaction::Answer { status, code, body } => {
                    let status = StatusCode::try_from(status).unwrap();
                    let mut response = HttpResponse::new(status, SdkBody::from(body));
                    let headers = response.headers_mut();
                    headers.insert("x-amzn-requestid", "request-1");
                    if let Some(code) = code {
                        headers.insert("x-amzn-errortype", code);
                    }
                    Ok(response)
                }
            }
        })
    }
}
