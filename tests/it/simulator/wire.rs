//! The wire format, without an SDK in between.

use certferry::simulator::{Request, Response, Simulator, Status};
use serde_json::{Value, json};

use super::{Bench, NOW, SOURCE, TARGET, arn};

/// A request signed, as far as the simulator looks, by the source.
fn signed(simulator: &Simulator, method: &str, uri: &str) -> Request {
    signed_for(simulator, method, uri, "us-east-1/iot")
}

fn signed_for(simulator: &Simulator, method: &str, uri: &str, scope: &str) -> Request {
    let key = simulator.access_key(SOURCE).access_key_id;
    Request::new(method, uri).header(
        "Authorization",
        &format!(
            "AWS4-HMAC-SHA256 Credential={key}/20260301/{scope}/aws4_request, \
             SignedHeaders=host;x-amz-date, Signature=00"
        ),
    )
}

fn document(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

async fn ask(bench: &Bench, method: &str, uri: &str) -> Response {
    let request = signed(&bench.simulator, method, uri);
    bench.simulator.answer(request).await.unwrap()
}

fn code(response: &Response) -> &str {
    let header = response.header("x-amzn-errortype").unwrap();
    header.split(':').next().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_list_is_json_with_dates_in_seconds_and_fractions() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    let response = ask(
        &bench,
        "GET",
        "/certificates?pageSize=1&isAscendingOrder=true",
    )
    .await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("Content-Type"), Some("application/json"));
    assert_eq!(response.header("x-amzn-requestid").unwrap().len(), 36);
    let expected = json!({ "certificates": [{
        "certificateArn": arn(SOURCE, &id),
        "certificateId": id,
        "status": "ACTIVE",
        "certificateMode": "DEFAULT",
        "creationDate": document(&response)["certificates"][0]["creationDate"],
    }] });
    assert_eq!(document(&response), expected);
    let date = document(&response)["certificates"][0]["creationDate"].as_f64();
    assert!((date.unwrap() - 1_772_366_400.0).abs() < 1.0 && NOW == 1_772_366_400);
    assert!(document(&response)["certificates"][0]["creationDate"].is_f64());
}

#[tokio::test(start_paused = true)]
async fn absolute_targets_are_understood() {
    let bench = Bench::new();
    let uri = "https://iot.us-east-1.amazonaws.com/certificates";
    assert_eq!(ask(&bench, "GET", uri).await.status, 200);
    let uri = "https://iot.us-east-1.amazonaws.com";
    assert_eq!(ask(&bench, "GET", uri).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn only_the_models_methods_and_paths_exist() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    let encoded = arn(SOURCE, &id).replace(':', "%3A").replace('/', "%2F");
    for (method, uri) in [
        ("POST", "/certificates".to_owned()),
        ("GET", "/certificates/".to_owned() + &id + "/more"),
        ("GET", format!("/attached-policies/{encoded}")),
        // Not encoded, an ARN is two segments.
        ("POST", format!("/attached-policies/{}", arn(SOURCE, &id))),
        ("DELETE", "/target-policies/connect".to_owned()),
        ("POST", format!("/transfer-certificate/{id}")),
        ("POST", format!("/accept-certificate-transfer/{id}")),
        ("PUT", format!("/reject-certificate-transfer/{id}")),
        ("get", "/certificates".to_owned()),
        ("GET", "/".to_owned()),
        ("GET", String::new()),
    ] {
        let response = ask(&bench, method, &uri).await;
        assert_eq!(
            (response.status, code(&response)),
            (404, "UnknownOperationException"),
            "{method} {uri}"
        );
        assert!(document(&response)["message"].is_string());
    }
}

#[tokio::test(start_paused = true)]
async fn an_encoded_arn_is_one_segment() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    bench
        .simulator
        .attach_policy(SOURCE, &id, "connect")
        .unwrap();
    let encoded = arn(SOURCE, &id).replace(':', "%3A").replace('/', "%2F");
    let uri = format!("/attached-policies/{encoded}?recursive=true&pageSize=5");
    let response = ask(&bench, "POST", &uri).await;
    assert_eq!(
        document(&response),
        json!({ "policies": [{
            "policyName": "connect",
            "policyArn": format!("arn:aws:iot:us-east-1:{SOURCE}:policy/connect"),
        }] })
    );
}

#[tokio::test(start_paused = true)]
async fn policy_calls_take_their_target_from_the_body() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    let body = json!({ "target": arn(SOURCE, &id) }).to_string();
    for (method, policies) in [("PUT", vec!["connect"]), ("POST", vec![])] {
        let request = signed(&bench.simulator, method, "/target-policies/connect");
        let request = request.header("x-amzn-principal", &arn(SOURCE, &id));
        let without = bench.simulator.answer(request.clone()).await.unwrap();
        assert_eq!(
            (without.status, code(&without)),
            (400, "InvalidRequestException")
        );
        assert!(
            document(&without)["message"]
                .as_str()
                .unwrap()
                .contains("'target'")
        );
        let response = bench
            .simulator
            .answer(request.body(body.clone()))
            .await
            .unwrap();
        assert_eq!((response.status, response.body.as_slice()), (200, &b""[..]));
        let state = bench.simulator.certificate(SOURCE, &id).unwrap();
        assert_eq!(state.policies, policies);
    }
}

#[tokio::test(start_paused = true)]
async fn thing_calls_take_their_principal_from_the_header() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Active);
    bench.simulator.create_thing(SOURCE, "a:b-1", None, &[]);
    for (method, uri) in [
        (
            "PUT",
            "/things/a%3Ab-1/principals?thingPrincipalType=EXCLUSIVE_THING",
        ),
        ("DELETE", "/things/a%3Ab-1/principals"),
    ] {
        let request = signed(&bench.simulator, method, uri);
        let without = bench.simulator.answer(request.clone()).await.unwrap();
        assert_eq!(
            (without.status, code(&without)),
            (400, "InvalidRequestException")
        );
        let request = request.header("X-Amzn-Principal", &arn(SOURCE, &id));
        let response = bench.simulator.answer(request).await.unwrap();
        assert_eq!((response.status, document(&response)), (200, json!({})));
    }
    let request = signed(&bench.simulator, "GET", "/principals/things-v2");
    let request = request.header("x-amzn-principal", &arn(SOURCE, &id));
    let response = bench.simulator.answer(request).await.unwrap();
    assert_eq!(
        document(&response),
        json!({ "principalThingObjects": [
            { "thingName": "a:b-1", "thingPrincipalType": "EXCLUSIVE_THING" },
        ] })
    );
}

#[tokio::test(start_paused = true)]
async fn a_transfer_takes_its_account_from_the_query_and_its_message_from_the_body() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Inactive);
    let uri = format!("/transfer-certificate/{id}");
    let in_body = json!({ "targetAwsAccount": TARGET }).to_string();
    let request = signed(&bench.simulator, "PATCH", &uri).body(in_body);
    let response = bench.simulator.answer(request).await.unwrap();
    assert_eq!(
        (response.status, code(&response)),
        (400, "InvalidRequestException")
    );
    let message = document(&response)["message"].as_str().unwrap().to_owned();
    assert!(message.contains("'targetAwsAccount'"), "{message}");
    let uri = format!("{uri}?targetAwsAccount={TARGET}");
    for body in ["[]", "{", "\"x\"", r#"{"transferMessage":1}"#] {
        let request = signed(&bench.simulator, "PATCH", &uri).body(body);
        let response = bench.simulator.answer(request).await.unwrap();
        assert_eq!(
            (response.status, code(&response)),
            (400, "InvalidRequestException")
        );
    }
    let request = signed(&bench.simulator, "PATCH", &uri).body("{}");
    let response = bench.simulator.answer(request).await.unwrap();
    assert_eq!(
        document(&response),
        json!({ "transferredCertificateArn": arn(TARGET, &id) })
    );
}

#[tokio::test(start_paused = true)]
async fn calls_without_output_answer_an_empty_body() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Inactive);
    bench.simulator.offer(SOURCE, &id, TARGET, None).unwrap();
    for (method, uri) in [
        ("PATCH", format!("/cancel-certificate-transfer/{id}")),
        ("PUT", format!("/certificates/{id}?newStatus=ACTIVE")),
    ] {
        let response = ask(&bench, method, &uri).await;
        assert_eq!((response.status, response.body.len()), (200, 0), "{uri}");
        assert!(response.header("x-amzn-requestid").is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn queries_are_validated_by_name() {
    let bench = Bench::new();
    let id = bench.certificate(1, Status::Inactive);
    for (method, uri, member) in [
        ("GET", "/certificates?pageSize=ten".to_owned(), "pageSize"),
        (
            "GET",
            "/certificates?isAscendingOrder=yes".to_owned(),
            "isAscendingOrder",
        ),
        ("PUT", format!("/certificates/{id}"), "newStatus"),
        (
            "PATCH",
            format!("/accept-certificate-transfer/{id}?setAsActive=1"),
            "setAsActive",
        ),
        ("GET", "/certificates/xyz".to_owned(), "certificateId"),
        ("GET", "/things/a%20b".to_owned(), "thingName"),
        ("GET", "/policies/a%2Fb".to_owned(), "policyName"),
    ] {
        let response = ask(&bench, method, &uri).await;
        assert_eq!(
            (response.status, code(&response)),
            (400, "InvalidRequestException")
        );
        let message = document(&response)["message"].as_str().unwrap().to_owned();
        assert!(message.contains(&format!("'{member}'")), "{uri}: {message}");
    }
}

#[tokio::test(start_paused = true)]
async fn request_ids_count_the_same_way_every_time() {
    let id = async || {
        let bench = Bench::new();
        ask(&bench, "GET", "/certificates").await;
        let response = ask(&bench, "GET", "/nowhere").await;
        response.header("x-amzn-requestid").unwrap().to_owned()
    };
    assert_eq!(id().await, "00000000-0000-4000-8000-000000000002");
    assert_eq!(id().await, id().await);
}

#[tokio::test(start_paused = true)]
async fn unsigned_requests_are_refused() {
    let bench = Bench::new();
    let request = Request::new("GET", "/certificates");
    let response = bench.simulator.answer(request.clone()).await.unwrap();
    assert_eq!(
        (response.status, code(&response)),
        (403, "MissingAuthenticationTokenException")
    );
    for header in ["Bearer x", "AWS4-HMAC-SHA256 Credential=AKIA/1/2, x=y", ""] {
        let request = request.clone().header("authorization", header);
        let response = bench.simulator.answer(request).await.unwrap();
        assert_eq!(
            (response.status, code(&response)),
            (400, "IncompleteSignatureException")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn sts_answers_the_query_protocol_in_xml() {
    let bench = Bench::new();
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    let ask = async |method: &str, path: &str, body: &str| {
        let request = signed_for(&bench.simulator, method, path, "us-east-1/sts");
        let response = bench.simulator.answer(request.body(body)).await.unwrap();
        (response.status, String::from_utf8(response.body).unwrap())
    };
    let (status, xml) = ask("POST", "/", form).await;
    assert_eq!(status, 200);
    assert!(
        xml.starts_with("<GetCallerIdentityResponse xmlns="),
        "{xml}"
    );
    assert!(
        xml.contains(&format!("<Account>{SOURCE}</Account>")),
        "{xml}"
    );
    for (method, path, body) in [
        ("GET", "/", form),
        ("POST", "/certificates", form),
        ("POST", "/", "Action=GetSessionToken&Version=2011-06-15"),
        ("POST", "/", "Action=GetCallerIdentity&Version=2000-01-01"),
        ("POST", "/", ""),
    ] {
        let (status, xml) = ask(method, path, body).await;
        assert_eq!(status, 400);
        assert!(xml.contains("<Code>InvalidAction</Code>"), "{xml}");
    }
    // Without a signature the body tells which service is meant.
    let request = Request::new("POST", "/").body(form);
    let response = bench.simulator.answer(request).await.unwrap();
    assert_eq!(response.status, 403);
    let xml = String::from_utf8(response.body).unwrap();
    assert!(
        xml.contains("<Code>MissingAuthenticationToken</Code>"),
        "{xml}"
    );
    // With IoT's scope it is IoT that is asked.
    let request = signed(&bench.simulator, "POST", "/").body(form);
    let response = bench.simulator.answer(request).await.unwrap();
    assert_eq!(code(&response), "UnknownOperationException");
}
