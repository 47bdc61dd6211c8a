//! The SDK's shapes as domain types. What cannot be read is left out, never a reason to fail.

use aws_sdk_iot::{
    operation::{describe_thing::DescribeThingOutput, get_policy::GetPolicyOutput},
    primitives::DateTime,
    types,
};

use crate::domain::{
    AccountId, CertificateId, CertificateStatus, Description, ListedCertificate, OutgoingTransfer,
    PolicyDocument, PolicyRef, ThingAttributes, ThingPrincipalType, ThingRef, Timestamp,
    TransferData, owner_in_arn,
};

pub(super) fn timestamp(moment: Option<&DateTime>) -> Option<Timestamp> {
    let moment = moment?;
    let seconds = Timestamp::from_unix_timestamp(moment.secs()).ok()?;
    seconds.replace_nanosecond(moment.subsec_nanos()).ok()
}

fn account(text: Option<&str>) -> Option<AccountId> {
    text.and_then(|text| AccountId::parse(text).ok())
}

fn text(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

fn status(status: Option<&types::CertificateStatus>) -> CertificateStatus {
    match status {
        Some(types::CertificateStatus::Active) => CertificateStatus::Active,
        Some(types::CertificateStatus::Inactive) => CertificateStatus::Inactive,
        Some(types::CertificateStatus::Revoked) => CertificateStatus::Revoked,
        Some(types::CertificateStatus::PendingTransfer) => CertificateStatus::PendingTransfer,
        Some(types::CertificateStatus::PendingActivation) => CertificateStatus::PendingActivation,
        Some(types::CertificateStatus::RegisterInactive) => CertificateStatus::RegisterInactive,
        _ => CertificateStatus::Unknown,
    }
}

/// A row of `ListCertificates`; `None` when its id is not one.
pub(super) fn listed(row: &types::Certificate) -> Option<ListedCertificate> {
    Some(ListedCertificate {
        id: CertificateId::parse(row.certificate_id()?).ok()?,
        status: status(row.status()),
        created: timestamp(row.creation_date()),
        arn: row.certificate_arn().and_then(owner_in_arn),
    })
}

/// A row of `ListOutgoingCertificates`; `None` when its id is not one.
pub(super) fn outgoing(row: &types::OutgoingCertificate) -> Option<OutgoingTransfer> {
    Some(OutgoingTransfer {
        id: CertificateId::parse(row.certificate_id()?).ok()?,
        to: account(row.transferred_to()),
        started: timestamp(row.transfer_date()),
        message: text(row.transfer_message()),
        created: timestamp(row.creation_date()),
    })
}

/// The answer of `DescribeCertificate`; `None` when its id is not one.
pub(super) fn description(found: &types::CertificateDescription) -> Option<Description> {
    let transfer = found
        .transfer_data()
        .map_or_else(TransferData::default, |data| TransferData {
            message: text(data.transfer_message()),
            reject_reason: text(data.reject_reason()),
            started: timestamp(data.transfer_date()),
            accepted: timestamp(data.accept_date()),
            rejected: timestamp(data.reject_date()),
        });
    let validity = found.validity();
    Some(Description {
        id: CertificateId::parse(found.certificate_id()?).ok()?,
        arn: text(found.certificate_arn()),
        status: status(found.status()),
        owner: account(found.owned_by()),
        previous_owner: account(found.previous_owned_by()),
        created: timestamp(found.creation_date()),
        modified: timestamp(found.last_modified_date()),
        version: found.customer_version(),
        generation: text(found.generation_id()),
        ca_id: text(found.ca_certificate_id()),
        mode: found
            .certificate_mode()
            .map(|mode| mode.as_str().to_owned()),
        not_before: timestamp(validity.and_then(types::CertificateValidity::not_before)),
        not_after: timestamp(validity.and_then(types::CertificateValidity::not_after)),
        transfer,
        pem: text(found.certificate_pem()),
    })
}

/// The longest name, in bytes: AWS takes 128 characters. It is sent in the address of requests.
const LONGEST_NAME: usize = 1_024;

/// A name that can be sent again.
pub(super) fn name(name: &str) -> Option<String> {
    text(Some(name)).filter(|name| name.len() <= LONGEST_NAME)
}

/// An attached policy; `None` when it has no usable name.
pub(super) fn policy(row: &types::Policy) -> Option<PolicyRef> {
    Some(PolicyRef {
        name: name(row.policy_name()?)?,
        arn: text(row.policy_arn()),
    })
}

/// An attached thing; `None` when it has no usable name.
pub(super) fn thing(row: &types::PrincipalThingObject) -> Option<ThingRef> {
    Some(ThingRef {
        name: name(row.thing_name())?,
        principal_type: match row.thing_principal_type() {
            Some(types::ThingPrincipalType::ExclusiveThing) => Some(ThingPrincipalType::Exclusive),
            Some(types::ThingPrincipalType::NonExclusiveThing) => {
                Some(ThingPrincipalType::NonExclusive)
            }
            _ => None,
        },
    })
}

/// The answer of `GetPolicy` for `name`.
pub(super) fn policy_document(name: &str, found: &GetPolicyOutput) -> PolicyDocument {
    PolicyDocument {
        name: found.policy_name().unwrap_or(name).to_owned(),
        version: text(found.default_version_id()),
        document: found.policy_document().unwrap_or_default().to_owned(),
    }
}

/// The answer of `DescribeThing` for `name`.
pub(super) fn thing_attributes(name: &str, found: &DescribeThingOutput) -> ThingAttributes {
    let mut attributes: Vec<(String, String)> = found
        .attributes()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    attributes.sort();
    ThingAttributes {
        name: found.thing_name().unwrap_or(name).to_owned(),
        type_name: text(found.thing_type_name()),
        version: Some(found.version()),
        attributes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_a_readable_id_is_left_out() {
        let row = types::Certificate::builder().certificate_id("abc").build();
        assert_eq!(listed(&row), None);
        assert_eq!(listed(&types::Certificate::builder().build()), None);
        let row = types::OutgoingCertificate::builder()
            .certificate_id("g".repeat(64))
            .build();
        assert_eq!(outgoing(&row), None);
    }

    #[test]
    fn an_unknown_status_is_unknown() {
        let row = types::Certificate::builder()
            .certificate_id("ab".repeat(32))
            .certificate_arn("arn:aws:iot:us-east-1:444455556666:cert/ab")
            .status(types::CertificateStatus::from("SOMETHING_NEW"))
            .creation_date(DateTime::from_secs_f64(1_569_427_780.5))
            .build();
        let listed = listed(&row).unwrap();
        assert_eq!(listed.status, CertificateStatus::Unknown);
        let owner = listed.arn.unwrap();
        assert_eq!(owner.1, AccountId::parse("444455556666").unwrap());
        let created = listed.created.unwrap();
        assert_eq!(created.unix_timestamp(), 1_569_427_780);
        assert_eq!(created.millisecond(), 500);
    }

    #[test]
    fn a_moment_out_of_range_is_left_out() {
        assert_eq!(timestamp(Some(&DateTime::from_secs(i64::MAX))), None);
        assert_eq!(timestamp(None), None);
    }
}
