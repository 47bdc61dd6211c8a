//! The simulator on a port: the real SDK over TCP, and bytes no SDK would send.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use aws_sdk_iot::Client;
use aws_sdk_iot::config::retry::RetryConfig;
use aws_sdk_iot::config::{BehaviorVersion, Region};
use aws_sdk_iot::error::SdkError;
use certferry::simulator::{
    Clock, Fault, Loss, NewCertificate, Operation, Server, ServerError, Simulator, Status, Times,
};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{SOURCE, TARGET, arn, credentials};

/// How long anything may take.
const LONGEST: Duration = Duration::from_secs(30);

/// One mebibyte, the longest body.
const LONGEST_BODY: usize = 1_048_576;

/// A server on a thread of its own, so that tests can block.
struct Running {
    simulator: Simulator,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    fn new() -> Self {
        let simulator = Simulator::new(Clock::System);
        for account in [SOURCE, TARGET] {
            simulator.create_account(account);
        }
        simulator.create_policy(SOURCE, "a@b+c=d,e", &json!({ "Version": "2012-10-17" }));
        simulator.create_thing(SOURCE, "press:7", None, &[]);
        let (stop, stopped) = oneshot::channel();
        let (opened, address) = mpsc::channel();
        let thread = thread::spawn({
            let simulator = simulator.clone();
            move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(async {
                    let any = "127.0.0.1:0".parse().unwrap();
                    let server = Server::bind(any, simulator).await.unwrap();
                    opened.send(server.address()).unwrap();
                    tokio::select! {
                        never = server.serve() => match never {},
                        _ = stopped => (),
                    }
                });
            }
        });
        Self {
            simulator,
            address: address.recv_timeout(LONGEST).unwrap(),
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    fn certificate(&self, number: u64, status: Status) -> String {
        let new = NewCertificate::new("device", number).status(status);
        self.simulator.add_certificate(SOURCE, &new).unwrap()
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect_timeout(&self.address, LONGEST).unwrap();
        stream.set_read_timeout(Some(LONGEST)).unwrap();
        stream.set_write_timeout(Some(LONGEST)).unwrap();
        stream
    }

    /// Sends a request that asks for it and takes everything until the server closes the connection.
    fn exchange(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        stream.write_all(bytes).unwrap();
        rest(&mut stream)
    }

    /// Sends bytes and nothing more, ever, and takes everything until the server closes the connection.
    fn throw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        // The server may refuse and close before it has read everything.
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        rest(&mut stream)
    }

    /// The SDK's client, with the HTTP client it has anywhere else.
    fn client(&self, account: &str) -> Client {
        let configuration = aws_sdk_iot::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("us-east-1"))
            .credentials_provider(credentials(&self.simulator, account))
            .retry_config(RetryConfig::disabled())
            .endpoint_url(format!("http://{}", self.address));
        Client::from_conf(configuration.build())
    }

    /// Asserts that the server still does its work.
    fn assert_alive(&self) {
        let answer = self.exchange(&self.request("GET", "/certificates", "connection: close\r\n"));
        assert_eq!(status(&answer), 200, "{}", lossy(&answer));
    }

    /// A request of the source, as bytes.
    fn request(&self, method: &str, target: &str, headers: &str) -> Vec<u8> {
        let key = self.simulator.access_key(SOURCE).access_key_id;
        let text = format!(
            "{method} {target} HTTP/1.1\r\nhost: {}\r\nauthorization: AWS4-HMAC-SHA256 \
             Credential={key}/20260301/us-east-1/iot/aws4_request, SignedHeaders=host, Signature=00\r\n\
             {headers}\r\n",
            self.address
        );
        text.into_bytes()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
            && !thread::panicking()
        {
            panic!("the server panicked");
        }
    }
}

/// What still comes until the connection is closed. A reset is a close, too.
fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        match stream.read(&mut chunk) {
            Ok(0) => return bytes,
            Ok(length) => bytes.extend_from_slice(&chunk[..length]),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return bytes,
            Err(error) => panic!("{error}, after {}", lossy(&bytes)),
        }
    }
}

/// One answer with a length, and nothing after it.
fn one_answer(stream: &mut TcpStream) -> (u16, Value) {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        bytes.push(byte[0]);
    }
    let head = lossy(&bytes);
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap_or_else(|| panic!("no length in {head}"));
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    let document = serde_json::from_slice(&body).unwrap_or(Value::Null);
    (status(&bytes), document)
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The status of an answer; 0 if there is none.
fn status(answer: &[u8]) -> u16 {
    lossy(answer)
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3)?.parse().ok())
        .unwrap_or(0)
}

fn document(answer: &[u8]) -> Value {
    let text = lossy(answer);
    let (_, body) = text.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}

#[tokio::test]
async fn nothing_but_loopback_is_listened_on() {
    for address in [
        "0.0.0.0:0",
        "[::]:0",
        "192.0.2.1:80",
        "10.0.0.1:0",
        "[2001:db8::1]:0",
        "[::ffff:127.0.0.1]:0",
    ] {
        let address: SocketAddr = address.parse().unwrap();
        let error = Server::bind(address, Simulator::new(Clock::System))
            .await
            .unwrap_err();
        assert!(
            matches!(error, ServerError::NotLoopback(refused) if refused == address),
            "{error:?}"
        );
        let said = error.to_string();
        assert!(said.contains(&address.ip().to_string()), "{said}");
        assert!(said.contains("127.0.0.1:0"), "{said}");
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_said() {
    let running = Running::new();
    let error = Server::bind(running.address, Simulator::new(Clock::System))
        .await
        .unwrap_err();
    assert!(matches!(error, ServerError::NotOpened(..)), "{error:?}");
    assert!(error.to_string().contains(&running.address.to_string()));
}

/// Paths with an encoded ARN, thing and policy names with every letter that needs encoding, the principal in a
/// header and documents in bodies: as the SDK writes them to a socket.
#[tokio::test]
async fn the_sdk_walks_through_a_transfer_over_the_wire() {
    let running = Running::new();
    let id = running.certificate(1, Status::Active);
    let own = arn(SOURCE, &id);
    let source = running.client(SOURCE);
    let target = running.client(TARGET);

    let call = source.attach_policy().policy_name("a@b+c=d,e").target(&own);
    call.send().await.unwrap();
    let call = source.attach_thing_principal().thing_name("press:7");
    call.principal(&own).send().await.unwrap();
    let call = source.list_attached_policies().target(&own).page_size(1);
    let policies = call.send().await.unwrap().policies.unwrap();
    assert_eq!(policies[0].policy_name(), Some("a@b+c=d,e"));
    let call = source.list_principal_things_v2().principal(&own);
    let things = call.send().await.unwrap().principal_thing_objects.unwrap();
    assert_eq!(things[0].thing_name(), "press:7");

    let update = source.update_certificate().certificate_id(&id);
    let inactive = aws_sdk_iot::types::CertificateStatus::Inactive;
    update.new_status(inactive).send().await.unwrap();
    let call = source.detach_policy().policy_name("a@b+c=d,e").target(&own);
    call.send().await.unwrap();
    running
        .simulator
        .set_assumptions(certferry::simulator::Assumptions::instant_detach());
    let call = source.detach_thing_principal().thing_name("press:7");
    call.principal(&own).send().await.unwrap();

    let message = "Grüße – 100 % \"äöü\"\n";
    let call = source.transfer_certificate().certificate_id(&id);
    let call = call.target_aws_account(TARGET).transfer_message(message);
    let answer = call.send().await.unwrap();
    assert_eq!(
        answer.transferred_certificate_arn(),
        Some(arn(TARGET, &id).as_str())
    );
    let call = target.describe_certificate().certificate_id(&id);
    let description = call.send().await.unwrap().certificate_description.unwrap();
    let transfer = description.transfer_data.unwrap();
    assert_eq!(transfer.transfer_message(), Some(message));

    let call = target.accept_certificate_transfer().certificate_id(&id);
    call.set_as_active(true).send().await.unwrap();
    let state = running.simulator.certificate(TARGET, &id).unwrap();
    assert_eq!(
        (state.owner.as_str(), state.status),
        (TARGET, Status::Active)
    );
    let call = source.cancel_certificate_transfer().certificate_id(&id);
    let error = call.send().await.unwrap_err().into_service_error();
    assert!(error.is_transfer_already_completed_exception(), "{error:?}");
}

#[test]
fn a_label_is_decoded_after_the_path_is_split() {
    let running = Running::new();
    let id = running.certificate(1, Status::Inactive);
    running
        .simulator
        .attach_policy(SOURCE, &id, "a@b+c=d,e")
        .unwrap();
    let own = arn(SOURCE, &id);
    let encoded = own.replace(':', "%3A").replace('/', "%2F");
    let absolute = format!("http://{}/attached-policies/{encoded}", running.address);
    for target in [
        format!("/attached-policies/{encoded}"),
        format!("/attached-policies/{encoded}?pageSize=1&recursive=true"),
        format!("/attached-policies/{}", encoded.to_ascii_lowercase()),
        format!("/attached-policies/{}", own.replace('/', "%2f")),
        absolute,
    ] {
        let request = running.request("POST", &target, "connection: close\r\n");
        let answer = running.exchange(&request);
        assert_eq!(status(&answer), 200, "{target}: {}", lossy(&answer));
        let name = &document(&answer)["policies"][0]["policyName"];
        assert_eq!(name, "a@b+c=d,e", "{target}");
    }
    for target in [
        format!("/attached-policies/{own}"),
        format!("/attached-policies%2F{encoded}"),
        format!("//attached-policies/{encoded}"),
    ] {
        let request = running.request("POST", &target, "connection: close\r\n");
        let answer = running.exchange(&request);
        assert_eq!(status(&answer), 404, "{target}: {}", lossy(&answer));
    }
    // Neither UTF-8 nor hexadecimal: it is a name that does not exist.
    for target in ["/things/%FF%FE", "/things/%", "/things/%zz"] {
        let request = running.request("GET", target, "connection: close\r\n");
        let answer = running.exchange(&request);
        assert_eq!(status(&answer), 400, "{target}: {}", lossy(&answer));
    }
    running.assert_alive();
}

#[test]
fn what_is_not_http_gets_400_or_nothing_and_hurts_nobody() {
    let running = Running::new();
    let head = |head: &str| format!("{head}\r\n\r\n").into_bytes();
    let broken: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"\r\n\r\n".to_vec(),
        b"\0\0\0\0".to_vec(),
        // The beginning of TLS, as to a port somebody took for HTTPS.
        b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03".to_vec(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        head("GARBAGE"),
        head("GET /certificates"),
        head("GET /certificates HTTP/9.9"),
        head("GET /certi\0ficates HTTP/1.1\r\nhost: x"),
        head("GET /certi ficates HTTP/1.1\r\nhost: x"),
        head("GET http://[ HTTP/1.1\r\nhost: x"),
        head("G\u{e9}T / HTTP/1.1\r\nhost: x"),
        head("GET / HTTP/1.1\r\nhost x"),
        head("GET / HTTP/1.1\r\nho st: x"),
        head("PATCH / HTTP/1.1\r\nhost: x\r\ncontent-length: -1"),
        head("PATCH / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 4"),
        head("PATCH / HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999"),
        head("PATCH / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip"),
        // Bodies that end too early or are no chunks.
        head("PATCH / HTTP/1.1\r\nhost: x\r\ncontent-length: 5"),
        head("PATCH / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz"),
        head("PATCH / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff"),
    ];
    for bytes in broken {
        let answer = running.throw(&bytes);
        assert!(
            answer.is_empty() || status(&answer) == 400,
            "{}: {}",
            lossy(&bytes),
            lossy(&answer)
        );
        running.assert_alive();
    }
    assert!(
        running
            .simulator
            .calls()
            .iter()
            .all(|call| call.operation == Some(Operation::ListCertificates)),
        "only the calls of this test's own reached the simulator"
    );
}

#[test]
fn a_head_is_bounded() {
    let running = Running::new();
    let long = "x".repeat(100 << 10);
    let many = "x: y\r\n".repeat(500);
    for headers in [format!("x-long: {long}\r\n"), many] {
        let answer = running.throw(&running.request("GET", "/certificates", &headers));
        // Closed with bytes unread, the answer may be lost on its way.
        assert!(
            answer.is_empty() || status(&answer) == 431,
            "{}",
            lossy(&answer)
        );
    }
    let endless = format!("GET / HTTP/1.1\r\nx: {}", "x".repeat(1 << 20));
    let answer = running.throw(endless.as_bytes());
    assert!(
        answer.is_empty() || status(&answer) == 431,
        "{}",
        lossy(&answer)
    );
    let target = format!("/certificates?marker={long}");
    let answer = running.throw(&running.request("GET", &target, ""));
    assert_ne!(status(&answer), 200, "{}", lossy(&answer));
    assert_eq!(running.simulator.calls(), []);
    running.assert_alive();
}

#[test]
fn a_body_is_bounded() {
    let running = Running::new();
    let id = running.certificate(1, Status::Inactive);
    let target = format!("/transfer-certificate/{id}?targetAwsAccount={TARGET}");
    let too_large = "RequestEntityTooLargeException";

    // Announced: refused before it is sent.
    let headers = format!("content-length: {}\r\n", LONGEST_BODY + 1);
    let mut stream = running.connect();
    stream
        .write_all(&running.request("PATCH", &target, &headers))
        .unwrap();
    let answer = rest(&mut stream);
    assert_eq!(status(&answer), 413, "{}", lossy(&answer));
    assert!(lossy(&answer).contains(too_large), "{}", lossy(&answer));

    // Not announced: refused with the first byte too many.
    let mut stream = running.connect();
    let headers = "transfer-encoding: chunked\r\n";
    let mut bytes = running.request("PATCH", &target, headers);
    bytes.extend(format!("{:x}\r\n", LONGEST_BODY + 1).bytes());
    bytes.extend(std::iter::repeat_n(b' ', LONGEST_BODY + 1));
    stream.write_all(&bytes).unwrap();
    let answer = rest(&mut stream);
    assert_eq!(status(&answer), 413, "{}", lossy(&answer));
    assert!(lossy(&answer).contains(too_large), "{}", lossy(&answer));
    assert_eq!(running.simulator.calls(), []);

    // Just short enough, one way and the other.
    let mut body = br#"{"transferMessage":"hello"}"#.to_vec();
    body.resize(LONGEST_BODY, b' ');
    let headers = format!("connection: close\r\ncontent-length: {LONGEST_BODY}\r\n");
    let mut bytes = running.request("PATCH", &target, &headers);
    bytes.extend(&body);
    let answer = running.exchange(&bytes);
    assert_eq!(status(&answer), 200, "{}", lossy(&answer));
    running.assert_alive();
}

#[test]
fn a_connection_carries_many_requests() {
    let running = Running::new();
    let id = running.certificate(1, Status::Active);
    let mut stream = running.connect();
    for _ in 0..3 {
        stream
            .write_all(&running.request("GET", "/certificates", ""))
            .unwrap();
        let (status, body) = one_answer(&mut stream);
        assert_eq!(
            (status, &body["certificates"][0]["certificateId"]),
            (200, &json!(id))
        );
    }
    // Sent before the first is answered, they are answered in order.
    let mut both = running.request("PUT", &format!("/certificates/{id}?newStatus=INACTIVE"), "");
    both.extend(running.request("GET", &format!("/certificates/{id}"), ""));
    stream.write_all(&both).unwrap();
    assert_eq!(one_answer(&mut stream), (200, Value::Null));
    let (_, body) = one_answer(&mut stream);
    assert_eq!(body["certificateDescription"]["status"], "INACTIVE");
}

#[test]
fn many_connections_are_served_at_once() {
    let running = Running::new();
    let mut streams: Vec<TcpStream> = (0..200).map(|_| running.connect()).collect();
    let request = running.request("GET", "/certificates", "");
    for stream in streams.iter_mut().rev() {
        stream.write_all(&request).unwrap();
    }
    for stream in &mut streams {
        assert_eq!(one_answer(stream).0, 200);
    }
    assert_eq!(running.simulator.calls().len(), 200);
}

#[test]
fn the_answer_names_the_operation() {
    let running = Running::new();
    let answer =
        running.exchange(&running.request("GET", "/certificates", "connection: close\r\n"));
    let named = "x-certferry-operation: ListCertificates\r\n";
    assert!(lossy(&answer).contains(named), "{}", lossy(&answer));
    let answer = running.exchange(&running.request("GET", "/jobs", "connection: close\r\n"));
    assert_eq!(status(&answer), 404);
    assert!(!lossy(&answer).contains("x-certferry-operation"));
}

#[tokio::test]
async fn a_lost_answer_is_a_closed_connection() {
    let running = Running::new();
    let id = running.certificate(1, Status::Inactive);
    let simulator = &running.simulator;
    let operation = Operation::TransferCertificate;
    let before = Fault::NoAnswerBefore(Loss::Reset);
    simulator.inject(operation, before, Times::Count(1));
    simulator.inject(
        operation,
        Fault::NoAnswerAfter(Loss::Reset),
        Times::Count(1),
    );
    let transfer = || {
        let call = running.client(SOURCE).transfer_certificate();
        call.certificate_id(&id).target_aws_account(TARGET).send()
    };
    for status in [Status::Inactive, Status::PendingTransfer] {
        let error = transfer().await.unwrap_err();
        assert!(matches!(error, SdkError::DispatchFailure(_)), "{error:?}");
        assert_eq!(simulator.certificate(SOURCE, &id).unwrap().status, status);
    }
    let target = format!("/transfer-certificate/{id}?targetAwsAccount={TARGET}");
    simulator.inject(
        operation,
        Fault::NoAnswerAfter(Loss::Reset),
        Times::Count(1),
    );
    let answer = running.exchange(&running.request("PATCH", &target, ""));
    assert_eq!(lossy(&answer), "");
    running.assert_alive();
}

#[test]
fn a_panic_costs_its_connection_only() {
    let running = Running::new();
    let operation = Operation::ListCertificates;
    running
        .simulator
        .inject(operation, Fault::Panic, Times::Count(1));
    let request = running.request("GET", "/certificates", "");
    let mut other = running.connect();
    assert_eq!(lossy(&running.exchange(&request)), "");
    other.write_all(&request).unwrap();
    assert_eq!(one_answer(&mut other).0, 200);
}

/// An answer that never comes must not keep the connection alive that nobody waits on any more, nor the others.
#[test]
fn silence_concerns_its_own_connection_only() {
    let running = Running::new();
    let silence = Fault::NoAnswerBefore(Loss::Silence);
    let operation = Operation::ListCertificates;
    running
        .simulator
        .inject(operation, silence, Times::Count(1));
    let mut silent = running.connect();
    silent
        .write_all(&running.request("GET", "/certificates", ""))
        .unwrap();
    let deadline = Instant::now() + LONGEST;
    while running.simulator.calls().is_empty() {
        assert!(Instant::now() < deadline, "the call does not arrive");
        thread::yield_now();
    }
    running.assert_alive();
    silent
        .set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    let error = silent.read(&mut [0]).unwrap_err();
    assert!(
        matches!(
            error.kind(),
            std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
        ),
        "{error}"
    );
    // A client that leaves takes its connection with it.
    silent.set_read_timeout(Some(LONGEST)).unwrap();
    silent.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(lossy(&rest(&mut silent)), "");
}

#[test]
fn latency_delays_every_operation() {
    let running = Running::new();
    let latency = Duration::from_millis(150);
    running.simulator.set_latency(None, latency);
    for (method, target) in [("GET", "/certificates"), ("GET", "/things/press:7")] {
        let request = running.request(method, target, "connection: close\r\n");
        let began = Instant::now();
        let answer = running.exchange(&request);
        assert_eq!(status(&answer), 200, "{}", lossy(&answer));
        assert!(began.elapsed() >= latency, "{:?}", began.elapsed());
    }
}
