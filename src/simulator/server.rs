//! The way in for everything else: HTTP/1.1 on a loopback port.
//!
//! What comes in is answered by [`Simulator::answer`], so that the AWS CLI, boto3 or another SDK sees the
//! world an in-process client sees. Nobody is kept out: signatures are not verified, and whoever can open the
//! port can do everything. That is why it is never anything but loopback.
//!
//! A request can go wrong before the simulator sees it: what is not HTTP gets 400 and headers of more than
//! 64 KiB get 431, both from hyper; a body of more than 1 MiB gets 413; one that does not come for 30 seconds,
//! 408. A fault that loses the connection loses it here too: it is closed without an answer.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use crate::simulator::handle::Simulator;
use crate::simulator::wire::error::ApiError;
use crate::simulator::wire::{NoAnswer, Request, Response};

/// The longest body. The longest one the API's operations need has a few hundred bytes.
const LONGEST_BODY: usize = 1 << 20;

/// The longest request line and headers together.
const LONGEST_HEAD: usize = 64 << 10;

/// How long the head of a request may take, also of the next one on an idle connection, and how long the body.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the server waits when no connection can be accepted, most likely for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// A loopback port on which a [`Simulator`] is about to answer.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    simulator: Simulator,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address is not a loopback one. Nothing was opened.
    #[error(
        "the simulator listens on loopback addresses only, such as 127.0.0.1:0 or [::1]:0, and {} is none",
        .0.ip()
    )]
    NotLoopback(SocketAddr),
    /// The port could not be opened.
    #[error("cannot listen on {0}: {1}")]
    NotOpened(SocketAddr, io::Error),
}

impl Server {
    /// Opens the port; 0 is any free one. Connections wait until [`Server::serve`] runs.
    ///
    /// # Errors
    /// [`ServerError`].
    pub async fn bind(address: SocketAddr, simulator: Simulator) -> Result<Self, ServerError> {
        if !address.ip().is_loopback() {
            return Err(ServerError::NotLoopback(address));
        }
        let opened = async {
            let listener = TcpListener::bind(address).await?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        };
        let (listener, address) = opened
            .await
            .map_err(|error| ServerError::NotOpened(address, error))?;
        Ok(Self {
            listener,
            address,
            simulator,
        })
    }

    /// The address with the port that was opened. `http://` and this is the endpoint URL.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until it is dropped. Connections go on for as long as the runtime does.
    pub async fn serve(self) -> Infallible {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    tokio::spawn(converse(stream, self.simulator.clone()));
                }
                Err(_) => sleep(PAUSE).await,
            }
        }
    }
}

/// Answers the requests of one connection, one after the other.
async fn converse(stream: TcpStream, simulator: Simulator) {
    // Only speed depends on it.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(simulator.clone(), request));
    // An error is the client's doing, or a fault that was asked for; the connection is closed either way.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_header_size(LONGEST_HEAD)
        // More than the head, so that one that is too long can be told from one that is not all there.
        .max_buf_size(2 * LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    simulator: Simulator,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, NoAnswer> {
    let (head, body) = request.into_parts();
    let response = match timeout(PATIENCE, read(body)).await {
        Ok(Ok(body)) => {
            let request = Request {
                method: head.method.as_str().to_owned(),
                uri: head.uri.to_string(),
                headers: head
                    .headers
                    .iter()
                    .map(|(name, value)| {
                        let value = String::from_utf8_lossy(value.as_bytes());
                        (name.as_str().to_owned(), value.into_owned())
                    })
                    .collect(),
                body,
            };
            simulator.answer(request).await?
        }
        Ok(Err(BodyError::TooLong)) => refusal(
            413,
            "RequestEntityTooLargeException",
            format!("The body is longer than {LONGEST_BODY} bytes."),
        ),
        // There may be nobody left to read the answer.
        Ok(Err(BodyError::Broken)) => refusal(
            400,
            "SerializationException",
            "The body cannot be read.".to_owned(),
        ),
        Err(_) => refusal(
            408,
            "RequestTimeoutException",
            "The body did not come in time.".to_owned(),
        ),
    };
    hyper_response(response).map_err(|_| NoAnswer)
}

enum BodyError {
    TooLong,
    Broken,
}

async fn read(mut body: Incoming) -> Result<Vec<u8>, BodyError> {
    let fits = |length: u64| usize::try_from(length).is_ok_and(|length| length <= LONGEST_BODY);
    if !fits(body.size_hint().lower()) {
        return Err(BodyError::TooLong);
    }
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| BodyError::Broken)?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        if bytes.len().saturating_add(data.len()) > LONGEST_BODY {
            return Err(BodyError::TooLong);
        }
        bytes.extend_from_slice(data);
    }
    Ok(bytes)
}

/// An answer to what was not worth showing the simulator.
fn refusal(status: u16, code: &'static str, message: String) -> Response {
    let mut response = Response::json_error(NO_REQUEST, &ApiError::new(code, status, message));
    // The rest of the body is not read, so nothing that follows could be told from it.
    response
        .headers
        .push(("connection".to_owned(), "close".to_owned()));
    response
}

/// The request id of what is not counted as a call.
const NO_REQUEST: &str = "00000000-0000-4000-8000-000000000000";

fn hyper_response(response: Response) -> Result<hyper::Response<Full<Bytes>>, hyper::http::Error> {
    let mut builder = hyper::Response::builder().status(response.status);
    for (name, value) in response.headers {
        builder = builder.header(name, value);
    }
    builder.body(Full::new(Bytes::from(response.body)))
}
