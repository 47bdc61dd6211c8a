//! The operations, one function each: they check the request, change the world and answer.

mod authorities;
mod authorization;
pub(in crate::simulator) mod call;
pub(in crate::simulator) mod certificates;
mod lists;
mod policies;
mod principal;
mod registration;
pub(in crate::simulator) mod resource;
pub(in crate::simulator) mod sso;
pub(in crate::simulator) mod sts;
mod things;
mod transfer;
mod validate;

use crate::simulator::operations::call::Call;
use crate::simulator::wire::Reply;
use crate::simulator::wire::error::ApiError;
use crate::simulator::world::World;
use crate::simulator::world::operation::Operation;

/// Runs the call's operation.
pub(in crate::simulator) fn run(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    match call.operation {
        Operation::ListCertificates => lists::list_certificates(world, call),
        Operation::ListOutgoingCertificates => lists::list_outgoing_certificates(world, call),
        Operation::DescribeCertificate => certificates::describe(world, call),
        Operation::UpdateCertificate => certificates::update(world, call),
        Operation::DeleteCertificate => certificates::delete(world, call),
        Operation::CreateKeysAndCertificate => registration::create(world, call),
        Operation::RegisterCertificateWithoutCA => registration::register(world, call),
        Operation::ListAttachedPolicies => policies::policy::list_attached(world, call),
        Operation::AttachPolicy => policies::policy::attach(world, call),
        Operation::DetachPolicy => policies::policy::detach(world, call),
        Operation::GetPolicy => policies::policy::get(world, call),
        Operation::ListPrincipalThings | Operation::ListPrincipalThingsV2 => {
            things::attached::list_of_principal(world, call)
        }
        Operation::AttachThingPrincipal => things::attached::attach(world, call),
        Operation::DetachThingPrincipal => things::attached::detach(world, call),
        Operation::DescribeThing => things::registry::describe(world, call),
        Operation::GetEffectivePolicies => things::groups::effective_policies(world, call),
        Operation::ListThingGroupsForThing => things::groups::list_of_thing(world, call),
        Operation::DescribeThingGroup => things::groups::describe(world, call),
        Operation::ListThingsInThingGroup => things::groups::list_things(world, call),
        Operation::ListCertificatesByCA => lists::list_certificates_by_ca(world, call),
        Operation::CreatePolicy => policies::policy::create(world, call),
        Operation::CreatePolicyVersion => policies::versions::create(world, call),
        Operation::ListPolicies => policies::policy::list(world, call),
        Operation::ListPolicyVersions => policies::versions::list(world, call),
        Operation::GetPolicyVersion => policies::versions::get(world, call),
        Operation::ListThingGroups => things::groups::list(world, call),
        Operation::ListThingTypes => things::registry::list_types(world, call),
        Operation::ListCACertificates => authorities::list(world, call),
        Operation::ListTargetsForPolicy => policies::policy::list_targets(world, call),
        Operation::DeletePolicy => policies::policy::delete(world, call),
        Operation::TestAuthorization => authorization::test(world, call),
        Operation::CreateThing => things::registry::create(world, call),
        Operation::DeleteThing => things::attached::delete(world, call),
        Operation::ListThingPrincipals => things::attached::list_of_thing(world, call),
        Operation::ListThings => things::registry::list(world, call),
        Operation::CreateThingType => things::registry::create_type(world, call),
        Operation::DescribeThingType => things::registry::describe_type(world, call),
        Operation::AddThingToThingGroup => things::registry::add_to_group(world, call),
        Operation::GetThingConnectivityData => things::registry::connectivity(world, call),
        Operation::GetThingShadow => things::registry::shadow(world, call),
        Operation::ListNamedShadowsForThing => things::registry::shadows(world, call),
        Operation::DescribeCACertificate => authorities::describe_ca(world, call),
        Operation::DescribeEndpoint => authorities::endpoint(world, call),
        Operation::TransferCertificate => transfer::start(world, call),
        Operation::AcceptCertificateTransfer => transfer::accept(world, call),
        Operation::RejectCertificateTransfer => transfer::reject(world, call),
        Operation::CancelCertificateTransfer => transfer::cancel(world, call),
        Operation::GetCallerIdentity => Ok(sts::caller(world, call)),
        Operation::AssumeRole => sts::assume_role(world, call),
        Operation::GetRoleCredentials => Err(unsigned()),
    }
}

/// `GetRoleCredentials` is never signed, so it does not come this way.
fn unsigned() -> ApiError {
    ApiError::invalid("The request must not be signed")
}
