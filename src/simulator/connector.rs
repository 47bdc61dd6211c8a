//! The way in for the AWS SDK: an HTTP client that opens no port.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;

use crate::simulator::handle::Simulator;
use crate::simulator::wire::{Request, Response};

impl Simulator {
    /// An HTTP client for the SDK's configuration, whose requests this world answers.
    ///
    /// Connect and read timeouts are not its business: a call that is never answered is left by the SDK's attempt
    /// and operation timeouts.
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(InProcess(self.clone()))
    }
}

/// Client and connector in one: there are no connections to keep apart.
#[derive(Clone, Debug)]
struct InProcess(Simulator);

impl HttpClient for InProcess {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let simulator = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request = plain(&request)?;
            match simulator.answer(request).await {
                Ok(response) => sdk_response(response),
                Err(lost) => Err(ConnectorError::io(lost.into())),
            }
        })
    }
}

fn plain(request: &HttpRequest) -> Result<Request, ConnectorError> {
    let body = request
        .body()
        .bytes()
        .ok_or_else(|| ConnectorError::user("the simulator reads no streamed bodies".into()))?;
    Ok(Request {
        method: request.method().to_owned(),
        uri: request.uri().to_owned(),
        headers: request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: body.to_vec(),
    })
}

fn sdk_response(response: Response) -> Result<HttpResponse, ConnectorError> {
    let status = response
        .status
        .try_into()
        .map_err(|error| ConnectorError::other(Box::new(error), None))?;
    let mut answer = HttpResponse::new(status, SdkBody::from(response.body));
    for (name, value) in response.headers {
        answer
            .headers_mut()
            .try_insert(name, value)
            .map_err(|error| ConnectorError::other(error.into(), None))?;
    }
    Ok(answer)
}
