//! The network between each certferry and AWS. A call that is under way is nobody's: it arrives, and has
//! its effect, also when the process that sent it is dead.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
        SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use certferry::simulator::{Request, Response, Simulator};
use tokio::{sync::oneshot, time::Instant};

use super::{
    promises::Promises,
    script::{Fate, Operator, Script},
    sent::{self, Sent},
    story::{Story, short},
};

/// How old an answer may be that shows what was.
const BEHIND: Duration = Duration::from_secs(4);

/// What comes back of a call.
#[derive(Debug)]
enum Back {
    Answer(Response),
    Reset,
    /// Nothing ever comes.
    Nothing,
}

/// What all share.
#[derive(Debug)]
pub(super) struct Network {
    simulator: Simulator,
    story: Story,
    promises: Arc<Promises>,
    seed: u64,
    /// Whether what is only read is told as well.
    reads: bool,
    fates: HashMap<(Operator, u32), Fate>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Whether nothing goes wrong any more.
    calm: bool,
    calls: BTreeMap<Operator, u32>,
    under_way: usize,
    /// What was answered to the same question lately.
    answered: HashMap<(String, String), Vec<(Instant, Response)>>,
}

impl Network {
    pub(super) fn new(
        simulator: &Simulator,
        story: &Story,
        promises: &Arc<Promises>,
        script: &Script,
    ) -> Arc<Self> {
        let mishaps = script.mishaps.iter();
        Arc::new(Self {
            simulator: simulator.clone(),
            story: story.clone(),
            promises: Arc::clone(promises),
            seed: script.seed,
            reads: std::env::var_os("CERTFERRY_WALK_READS").is_some(),
            fates: mishaps.map(|it| ((it.who, it.call), it.fate)).collect(),
            state: Mutex::default(),
        })
    }

    /// From now on nothing goes wrong.
    pub(super) fn calm_down(&self) {
        self.state.lock().unwrap().calm = true;
    }

    /// How many calls are on their way.
    pub(super) fn under_way(&self) -> usize {
        self.state.lock().unwrap().under_way
    }

    /// How many calls were sent.
    pub(super) fn calls(&self) -> u32 {
        self.state.lock().unwrap().calls.values().sum()
    }

    /// The way to AWS of one certferry.
    pub(super) fn client(self: &Arc<Self>, who: Operator) -> SharedHttpClient {
        SharedHttpClient::new(Line {
            network: Arc::clone(self),
            who,
        })
    }

    /// What becomes of a call, and how long the ways take.
    fn fate(&self, who: Operator) -> (Option<Fate>, Duration) {
        let mut state = self.state.lock().unwrap();
        let call = state.calls.entry(who).or_default();
        let number = *call;
        *call += 1;
        let fate = self.fates.get(&(who, number)).copied();
        let mixed =
            (self.seed ^ (u64::from(number) << 8) ^ who as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let way = Duration::from_millis(10 + (mixed >> 40) % 150);
        (fate.filter(|_| !state.calm), way)
    }

    /// Takes a call to AWS and its answer back.
    async fn carry(
        &self,
        who: Operator,
        request: Request,
        changes: Option<(Sent, Option<usize>)>,
    ) -> Back {
        let (fate, way) = self.fate(who);
        let sts = request.body.starts_with(b"Action=");
        let what = || match &changes {
            Some((Sent { certificate, what }, _)) => {
                let id = certificate.as_deref().unwrap_or_default();
                format!("{what} {}", short(id))
            }
            None if sts => "GetCallerIdentity".to_owned(),
            None => format!("{} {}", request.method, sent::parts(&request).0.join("/")),
        };
        let what = what();
        if let Some(fate) = fate {
            self.story.tell(who.name(), format!("{what}: {fate:?}"));
        } else if changes.is_some() || self.reads {
            self.story.tell(who.name(), &what);
        }
        let before = match fate {
            Some(Fate::HeldBefore(seconds)) => Duration::from_secs(seconds),
            _ => Duration::ZERO,
        };
        tokio::time::sleep(way + before).await;
        let error = |status: u16, code: &str| {
            Back::Answer(Response {
                status,
                headers: vec![
                    ("content-type".to_owned(), "application/json".to_owned()),
                    ("x-amzn-errortype".to_owned(), code.to_owned()),
                    ("x-amzn-requestid".to_owned(), "of the weather".to_owned()),
                ],
                body: br#"{"message":"the weather"}"#.to_vec(),
            })
        };
        match fate {
            // STS speaks another language; what is said of IoT there means nothing.
            Some(Fate::Throttled) if !sts => return error(400, "ThrottlingException"),
            Some(Fate::Denied) if !sts => return error(403, "AccessDeniedException"),
            Some(Fate::Expired) if !sts => return error(403, "ExpiredTokenException"),
            Some(Fate::InternalFailure) => return error(500, "InternalFailureException"),
            Some(Fate::Unavailable) => return error(503, "ServiceUnavailableException"),
            Some(Fate::LostBefore) => return Back::Reset,
            Some(Fate::SilentBefore) => return Back::Nothing,
            _ => {}
        }
        let key = (
            sent::access_key(&request).unwrap_or_default().to_owned(),
            format!("{} {} {:?}", request.method, request.uri, request.body),
        );
        if fate == Some(Fate::Behind)
            && changes.is_none()
            && let Some(old) = self.lately(&key)
        {
            return Back::Answer(old);
        }
        let effect = changes.map(|(sent, batch)| self.promises.before_effect(who, batch, sent));
        let Ok(response) = self.simulator.answer(request).await else {
            return Back::Reset;
        };
        if let Some(effect) = effect {
            self.promises.after_effect(effect, response.status);
            if before > Duration::ZERO || response.status != 200 {
                self.story
                    .tell("aws", format!("{what} arrives: {}", response.status));
            }
        } else if response.status == 200 {
            self.remember(key, &response);
        }
        let after = match fate {
            Some(Fate::HeldAfter(seconds)) => Duration::from_secs(seconds),
            _ => Duration::ZERO,
        };
        tokio::time::sleep(way + after).await;
        match fate {
            Some(Fate::LostAfter) => Back::Reset,
            Some(Fate::SilentAfter) => Back::Nothing,
            Some(Fate::Garbage) => Back::Answer(Response {
                body: b"<html><body>502 Bad Gateway".to_vec(),
                headers: vec![("content-type".to_owned(), "text/html".to_owned())],
                ..response
            }),
            _ => Back::Answer(response),
        }
    }

    fn lately(&self, key: &(String, String)) -> Option<Response> {
        let state = self.state.lock().unwrap();
        let mut known = state.answered.get(key)?.iter();
        let old = known.find(|(at, _)| at.elapsed() <= BEHIND);
        old.map(|(_, response)| response.clone())
    }

    fn remember(&self, key: (String, String), response: &Response) {
        let mut state = self.state.lock().unwrap();
        let known = state.answered.entry(key).or_default();
        known.retain(|(at, _)| at.elapsed() <= BEHIND);
        known.push((Instant::now(), response.clone()));
    }
}

/// The line of one certferry.
#[derive(Clone, Debug)]
struct Line {
    network: Arc<Network>,
    who: Operator,
}

impl HttpClient for Line {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Line {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (network, who) = (Arc::clone(&self.network), self.who);
        let request = plain(&request);
        let changes = sent::sent(&request).map(|sent| {
            let key = sent::access_key(&request).unwrap_or_default();
            let batch = network.promises.sent(who, key, &sent);
            (sent, batch)
        });
        let (answer, answered) = oneshot::channel();
        network.state.lock().unwrap().under_way += 1;
        let shared = Arc::clone(&network);
        tokio::spawn(async move {
            let back = shared.carry(who, request, changes).await;
            shared.state.lock().unwrap().under_way -= 1;
            // If that fails, nobody waits for it any more, or the process is dead.
            let _ = answer.send(back);
        });
        HttpConnectorFuture::new(async move {
            match answered.await {
                Ok(Back::Answer(response)) => Ok(to_sdk(response)),
                Ok(Back::Nothing) => std::future::pending().await,
                Ok(Back::Reset) | Err(_) => {
                    Err(ConnectorError::io("connection reset by peer".into()))
                }
            }
        })
    }
}

fn plain(request: &HttpRequest) -> Request {
    let headers = request.headers().iter();
    Request {
        method: request.method().to_owned(),
        uri: request.uri().to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: request.body().bytes().unwrap().to_vec(),
    }
}

fn to_sdk(response: Response) -> HttpResponse {
    let status = response.status.try_into().unwrap();
    let mut answer = HttpResponse::new(status, SdkBody::from(response.body));
    for (name, value) in response.headers {
        answer.headers_mut().try_insert(name, value).unwrap();
    }
    answer
}
