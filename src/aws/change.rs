//! The changes, one function an operation.

use aws_sdk_iot::{
    config::{Builder, retry::RetryConfig},
    operation::RequestId,
    types::{CertificateStatus, ThingPrincipalType as SdkPrincipalType},
};

use crate::{
    aws::{
        classify::{self, earlier},
        connect::Connection,
    },
    domain::{
        AccountId, Attachment, CertificateArn, CertificateId, Change, Done, Failure, FailureKind,
        Mutation, Operation, ThingPrincipalType, ThingRef,
    },
};

impl Connection {
    /// Waits for its turn and makes a change, as [`mutate_now`](Self::mutate_now) does.
    pub async fn mutate(&self, mutation: &Mutation) -> Result<Done, Failure> {
        self.turn(mutation.change.operation()).await;
        self.mutate_now(mutation).await
    }

    /// Makes a change whose [`turn`](Self::turn) has come, once. The four transfer operations and
    /// the deletion are sent at most once: they have no idempotency token, so a repeated one could fail
    /// because the first one succeeded.
    ///
    /// # Errors
    ///
    /// [`FailureKind::OtherAccount`] or [`FailureKind::AccountNotKnown`] when the credentials have
    /// changed and are not, or are not known to be, of the connection's account. Nothing was sent then.
    pub async fn mutate_now(&self, mutation: &Mutation) -> Result<Done, Failure> {
        let answer = earlier::watched(Box::pin(self.send(mutation))).await;
        match answer {
            // The signing key was not checked yet, so the signer refused: nothing was sent.
            Err(failure) if failure.kind == FailureKind::AccountNotKnown => {
                self.verify().await?;
                earlier::watched(Box::pin(self.send(mutation))).await
            }
            answer => answer,
        }
    }

    async fn send(&self, mutation: &Mutation) -> Result<Done, Failure> {
        let (arn, id) = (&mutation.certificate, mutation.id());
        let request_id = match &mutation.change {
            Change::Activate => self.update(id, CertificateStatus::Active).await,
            Change::Deactivate => self.update(id, CertificateStatus::Inactive).await,
            Change::Revoke => self.update(id, CertificateStatus::Revoked).await,
            Change::Delete => self.delete(id).await,
            Change::Attach(Attachment::Policy(name)) => self.attach_policy(arn, name).await,
            Change::Attach(Attachment::Thing(thing)) => self.attach_thing(arn, thing).await,
            Change::Detach(Attachment::Policy(name)) => self.detach_policy(arn, name).await,
            Change::Detach(Attachment::Thing(thing)) => self.detach_thing(arn, &thing.name).await,
            Change::Transfer { to, message } => self.transfer(id, *to, message.as_deref()).await,
            Change::Accept { activate } => self.accept(id, *activate).await,
            Change::Reject { reason } => self.reject(id, reason.as_deref()).await,
            Change::CancelTransfer => self.cancel(id).await,
            Change::Create(resource) => self.create(resource).await,
            Change::Join { thing, group } => self.join(thing, group).await,
            Change::Remove(it) => self.remove(it).await,
        }?;
        Ok(Done {
            request_id,
            confirmed_afterwards: false,
        })
    }

    async fn update(
        &self,
        id: CertificateId,
        status: CertificateStatus,
    ) -> Result<Option<String>, Failure> {
        let call = self.iot.update_certificate();
        let call = call.certificate_id(id.to_string()).new_status(status);
        match call.send().await {
            Ok(done) => Ok(done.request_id().map(str::to_owned)),
            Err(error) => Err(classify::failure(Operation::UpdateCertificate, &error)),
        }
    }

    async fn delete(&self, id: CertificateId) -> Result<Option<String>, Failure> {
        let call = self.iot.delete_certificate().certificate_id(id.to_string());
        match call.customize().config_override(once()).send().await {
            Ok(done) => Ok(done.request_id().map(str::to_owned)),
            Err(error) => Err(classify::failure(Operation::DeleteCertificate, &error)),
        }
    }

    async fn attach_policy(
        &self,
        certificate: &CertificateArn,
        policy: &str,
    ) -> Result<Option<String>, Failure> {
        let call = self.iot.attach_policy();
        let call = call.target(certificate.to_string()).policy_name(policy);
        match call.send().await {
            Ok(done) => Ok(done.request_id().map(str::to_owned)),
            Err(error) => Err(classify::failure(Operation::AttachPolicy, &error)),
        }
    }

    async fn attach_thing(
        &self,
        certificate: &CertificateArn,
        thing: &ThingRef,
    ) -> Result<Option<String>, Failure> {
        let principal_type = thing.principal_type.map(|held| match held {
            ThingPrincipalType::Exclusive => SdkPrincipalType::ExclusiveThing,
            ThingPrincipalType::NonExclusive => SdkPrincipalType::NonExclusiveThing,
        });
        let call = self.iot.attach_thing_principal();
        let call = call
            .principal(certificate.to_string())
            .thing_name(&thing.name)
            .set_thing_principal_type(principal_type);
        match call.send().await {
            Ok(done) => Ok(done.request_id().map(str::to_owned)),
            Err(error) => Err(classify::failure(Operation::AttachThingPrincipal, &error)),
        }
    }

    async fn detach_policy(
        &self,
        certificate: &CertificateArn,
        policy: &str,
    ) -> Result<Option<String>, Failure> {
        let call = self.iot.detach_policy();
        let call = call.target(certificate.to_string()).policy_name(policy);
        match call.send().await {
            Ok(done) => Ok(done.request_id().map(str::to_owned)),
            Err(error) => Err(classify::failure(Operation::DetachPolicy, &error)),
        }
    }

    async fn detach_thing(
        &self,
        certificate: &CertificateArn,
        thing: &str,
    ) -> Result<Option<String>, Failure> {
        let call = self.iot.detach_thing_principal();
        let call = call.principal(certificate.to_string()).thing_name(thing);
        match call.send().await {
            Ok(done) => Ok(done.request_id().map(str::to_owned)),
            Err(error) => Err(classify::failure(Operation::DetachThingPrincipal, &error)),
        }
    }

    async fn transfer(
        &self,
        id: CertificateId,
        to: AccountId,
        message: Option<&str>,
    ) -> Result<Option<String>, Failure> {
        let call = self.iot.transfer_certificate();
        let call = call
            .certificate_id(id.to_string())
            .target_aws_account(to.to_string())
            .set_transfer_message(message.map(str::to_owned));
        match call.customize().config_override(once()).send().await {
            Ok(done) => {
                // The ARN of what was transferred.
                let arn = done.transferred_certificate_arn().unwrap_or_default();
                if arn.ends_with(&id.to_string()) {
                    return Ok(done.request_id().map(str::to_owned));
                }
                let message = "the answer does not name the certificate";
                Err(Failure {
                    ambiguous: true,
                    request_id: done.request_id().map(str::to_owned),
                    ..classify::unreadable(Operation::TransferCertificate, message)
                })
            }
            Err(error) => Err(classify::failure(Operation::TransferCertificate, &error)),
        }
    }

    async fn accept(&self, id: CertificateId, activate: bool) -> Result<Option<String>, Failure> {
        let call = self.iot.accept_certificate_transfer();
        let call = call.certificate_id(id.to_string()).set_as_active(activate);
        match call.customize().config_override(once()).send().await {
            Ok(done) => Ok(done.request_id().map(str::to_owned)),
            Err(error) => Err(classify::failure(
                Operation::AcceptCertificateTransfer,
                &error,
            )),
        }
    }

    async fn reject(
        &self,
        id: CertificateId,
        reason: Option<&str>,
    ) -> Result<Option<String>, Failure> {
        let call = self.iot.reject_certificate_transfer();
        let call = call
            .certificate_id(id.to_string())
            .set_reject_reason(reason.map(str::to_owned));
        match call.customize().config_override(once()).send().await {
            Ok(done) => Ok(done.request_id().map(str::to_owned)),
            Err(error) => Err(classify::failure(
                Operation::RejectCertificateTransfer,
                &error,
            )),
        }
    }

    async fn cancel(&self, id: CertificateId) -> Result<Option<String>, Failure> {
        let call = self.iot.cancel_certificate_transfer();
        let call = call.certificate_id(id.to_string());
        match call.customize().config_override(once()).send().await {
            Ok(done) => Ok(done.request_id().map(str::to_owned)),
            Err(error) => Err(classify::failure(
                Operation::CancelCertificateTransfer,
                &error,
            )),
        }
    }
}

/// Sends a call once, whatever comes back.
fn once() -> Builder {
    Builder::new().retry_config(RetryConfig::disabled())
}
