//! Two accounts, and what was created in them, which is deleted again.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_config::SdkConfig;
use aws_sdk_iot::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::CertificateStatus,
};
use tokio::time::{Instant, sleep};

/// An account that is asked.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) iot: Client,
    pub(super) number: String,
    pub(super) region: String,
}

/// An error in a few words: its code, or what kept the call from AWS.
pub(super) fn code<E: ProvideErrorMetadata + Debug, R: Debug>(error: &SdkError<E, R>) -> String {
    error
        .code()
        .map_or_else(|| format!("{error:?}"), str::to_owned)
}

impl Account {
    /// # Errors
    /// Why it cannot be asked.
    pub(super) async fn of(config: &SdkConfig) -> Result<Self, String> {
        let sts = aws_sdk_sts::Client::new(config);
        let caller = sts.get_caller_identity().send().await;
        let caller = caller.map_err(|error| format!("GetCallerIdentity: {}", code(&error)))?;
        Ok(Self {
            iot: Client::new(config),
            number: caller.account.ok_or("GetCallerIdentity names no account")?,
            region: config
                .region()
                .ok_or("the profile has no region")?
                .to_string(),
        })
    }

    /// How many certificates it has, counted up to a number.
    ///
    /// # Errors
    /// Why that is not known.
    pub(super) async fn certificates_up_to(&self, most: usize) -> Result<usize, String> {
        let mut number = 0;
        let mut pages = self.iot.list_certificates().into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| format!("ListCertificates: {}", code(&error)))?;
            number += page.certificates().len();
            if number >= most {
                break;
            }
        }
        Ok(number)
    }

    pub(super) fn arn(&self, id: &str) -> String {
        format!("arn:aws:iot:{}:{}:cert/{id}", self.region, self.number)
    }
}

/// Something that was created, or perhaps was: what is to be created is noted before.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Made {
    Certificate(String),
    Thing(String),
    Policy(String),
}

/// Both accounts. Clones are the same one.
#[derive(Clone, Debug)]
pub(super) struct Sandbox {
    pub(super) source: Account,
    pub(super) recipient: Account,
    /// What the names of everything begin with.
    prefix: String,
    made: Arc<Mutex<Vec<Made>>>,
}

/// How long AWS is given to notice a detachment before something is left behind: it says that a policy may
/// take five minutes (API reference, `DetachPolicy`).
const PATIENCE: Duration = Duration::from_mins(6);
const PAUSE: Duration = Duration::from_secs(2);

impl Sandbox {
    pub(super) fn new(source: Account, recipient: Account) -> Self {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            source,
            recipient,
            prefix: format!("certferry-probe-{}", now.as_secs()),
            made: Arc::default(),
        }
    }

    fn note(&self, made: Made) {
        self.made.lock().unwrap().push(made);
    }

    fn next_name(&self) -> String {
        format!("{}-{}", self.prefix, self.made.lock().unwrap().len())
    }

    /// A new certificate of the source, with its PEM. Its private key is dropped.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn certificate(&self, active: bool) -> Result<(String, String), String> {
        let call = self.source.iot.create_keys_and_certificate();
        let made = call.set_as_active(active).send().await;
        let made = made.map_err(|error| format!("CreateKeysAndCertificate: {}", code(&error)))?;
        let id = made.certificate_id.ok_or("the new certificate has no id")?;
        self.note(Made::Certificate(id.clone()));
        Ok((id, made.certificate_pem.unwrap_or_default()))
    }

    /// A new thing of the source.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn thing(&self) -> Result<String, String> {
        let name = self.next_name();
        self.note(Made::Thing(name.clone()));
        let made = self
            .source
            .iot
            .create_thing()
            .thing_name(&name)
            .send()
            .await;
        made.map_err(|error| format!("CreateThing: {}", code(&error)))?;
        Ok(name)
    }

    /// A new policy of the source. It allows nothing.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn policy(&self) -> Result<String, String> {
        let name = self.next_name();
        self.note(Made::Policy(name.clone()));
        let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iot:*","Resource":"*"}]}"#;
        let call = self.source.iot.create_policy().policy_name(&name);
        let made = call.policy_document(document).send().await;
        made.map_err(|error| format!("CreatePolicy: {}", code(&error)))?;
        Ok(name)
    }

    /// Deletes everything that was created; answers what is left, and why.
    pub(super) async fn clean(&self) -> Vec<String> {
        let mut made = std::mem::take(&mut *self.made.lock().unwrap());
        // A thing and a policy can go when no certificate has them any more.
        made.sort_by_key(|it| !matches!(it, Made::Certificate(_)));
        let mut left = Vec::new();
        for it in made {
            let gone = match &it {
                Made::Certificate(id) => self.without_certificate(id).await,
                Made::Thing(name) => {
                    until_gone(async || {
                        let call = self.source.iot.delete_thing().thing_name(name);
                        call.send().await.map(drop).map_err(|error| code(&error))
                    })
                    .await
                }
                Made::Policy(name) => {
                    until_gone(async || {
                        let call = self.source.iot.delete_policy().policy_name(name);
                        call.send().await.map(drop).map_err(|error| code(&error))
                    })
                    .await
                }
            };
            if let Err(why) = gone {
                left.push(format!("{it:?}: {why}"));
            }
        }
        left
    }

    async fn without_certificate(&self, id: &str) -> Result<(), String> {
        // It may be offered to somebody; most are not.
        let _ = self
            .source
            .iot
            .cancel_certificate_transfer()
            .certificate_id(id)
            .send()
            .await;
        for account in [&self.source, &self.recipient] {
            until_gone(async || without_certificate(account, id).await).await?;
        }
        Ok(())
    }
}

/// Does something until it succeeds, or until what it is about is not found.
async fn until_gone(attempt: impl AsyncFn() -> Result<(), String>) -> Result<(), String> {
    let began = Instant::now();
    loop {
        match attempt().await {
            Ok(()) => return Ok(()),
            Err(why) if why == "ResourceNotFoundException" => return Ok(()),
            Err(why) if began.elapsed() >= PATIENCE => return Err(why),
            // What is denied once is denied again.
            Err(why) if why.starts_with("AccessDenied") => return Err(why),
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// Takes everything off a certificate and deletes it.
async fn without_certificate(account: &Account, id: &str) -> Result<(), String> {
    let (iot, arn) = (&account.iot, account.arn(id));
    let found = iot.describe_certificate().certificate_id(id).send().await;
    let found = found.map_err(|error| code(&error))?;
    let status = found.certificate_description.and_then(|it| it.status);
    if status == Some(CertificateStatus::Active) {
        let call = iot.update_certificate().certificate_id(id);
        let done = call.new_status(CertificateStatus::Inactive).send().await;
        done.map_err(|error| code(&error))?;
    }
    let policies = iot.list_attached_policies().target(&arn).send().await;
    for policy in policies.map_err(|error| code(&error))?.policies() {
        let call = iot.detach_policy().target(&arn);
        let done = call
            .policy_name(policy.policy_name().unwrap_or_default())
            .send()
            .await;
        done.map_err(|error| code(&error))?;
    }
    let things = iot.list_principal_things().principal(&arn).send().await;
    for thing in things.map_err(|error| code(&error))?.things() {
        let call = iot
            .detach_thing_principal()
            .principal(&arn)
            .thing_name(thing);
        // Its detachment may be under way.
        let _ = call.send().await;
    }
    let deleted = iot.delete_certificate().certificate_id(id).send().await;
    deleted.map(drop).map_err(|error| code(&error))
}
