//! Whom to believe that they are AWS: the certificate authorities of `ca_bundle` and `AWS_CA_BUNDLE`, as
//! behind a proxy that looks into TLS.

use aws_smithy_http_client::{
    Builder, Connector,
    proxy::ProxyConfig,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::os_shim_internal::{Env, Fs};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::{
    aws::{
        classify::{bounded, not_connected},
        files::profiles::{Files, expanded},
    },
    domain::{Failure, FailureKind},
};

/// The client of the certificate authorities that are configured; `None` when none are, for the system's.
///
/// # Errors
///
/// [`FailureKind::BadSetting`]: the file cannot be read, or has none.
pub(super) async fn http_client(
    env: &Env,
    fs: &Fs,
    files: &Files,
    profile: &str,
) -> Result<Option<SharedHttpClient>, Failure> {
    let variable = env.get("AWS_CA_BUNDLE").ok().filter(|it| !it.is_empty());
    let variable = variable.map(|path| (path, "AWS_CA_BUNDLE".to_owned()));
    let setting = || {
        let (path, place) = files.property(profile, "ca_bundle")?;
        (!path.is_empty()).then(|| (path.to_owned(), format!("ca_bundle ({place})")))
    };
    let Some((path, named)) = variable.or_else(setting) else {
        return Ok(None);
    };
    let path = expanded(&path, env);
    let wrong = |why: String| {
        let text = format!("{named} is {}: {why}", path.display());
        not_connected(FailureKind::BadSetting, bounded(&text, 400))
    };
    let text = fs.read_to_end(&path).await;
    let text = text.map_err(|error| wrong(format!("it cannot be read: {error}")))?;
    let trusted = trusted(&text);
    if trusted.is_empty() {
        return Err(wrong("there is no certificate in it, in PEM".to_owned()));
    }
    let store = TrustStore::empty().with_pem_certificate(trusted);
    let context = TlsContext::builder().with_trust_store(store).build();
    let context = context.map_err(|error| wrong(format!("it cannot be used: {error}")))?;
    Ok(Some(client(context)))
}

/// The certificates of a file that can be trusted, in PEM. The SDK would panic over the others.
fn trusted(text: &[u8]) -> String {
    let mut pem = String::new();
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(text).flatten() {
        let encoded = STANDARD.encode(&certificate);
        if store.add(certificate).is_ok() {
            let begin = "-----BEGIN CERTIFICATE-----\n";
            pem.extend([begin, &encoded, "\n-----END CERTIFICATE-----\n"]);
        }
    }
    pem
}

/// The SDK's own client, but for whom it trusts.
fn client(context: TlsContext) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(context.clone());
        connector.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector.set_proxy_config(Some(ProxyConfig::from_env()));
        connector.build()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// That a good one is trusted is tried with the AWS CLI, at a server.
    #[test]
    fn what_is_no_certificate_is_not_handed_to_the_sdk() {
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let torn = "-----BEGIN CERTIFICATE-----\nMIIB\n";
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        let many = format!("# Gate of the corporation\n{broken}words\n{key}{broken}{torn}");
        for text in ["", "\u{0}", "words", broken, torn, key, &many] {
            assert_eq!(trusted(text.as_bytes()), "", "{text}");
        }
    }
}
