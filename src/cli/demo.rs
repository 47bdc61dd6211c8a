//! `--demo`: the simulator in the place of AWS.

use crate::{
    aws::{GivenProfile, GivenWire, Wire},
    cli::arguments::{Arguments, DemoSide},
    config::Config,
    domain::{AccountId, ControlPlane, LastAccounts, Target},
    simulator::{DEFAULT_REGION, Simulator},
    tui::{FirstSteps, KnownTarget, Setup, keymap::Keymap},
};

/// The demo's accounts: number and name.
const DEMO: [(&str, &str); 2] = [("111122223333", "fleet-prod"), ("444455556666", "fleet-eu")];

/// The simulator in the place of AWS, with one profile for each of its two accounts. Both see one
/// world.
pub fn demo(
    arguments: &Arguments,
    simulator: &Simulator,
    config: Config,
    keymap: Keymap,
) -> (Wire, Setup) {
    let profiles = DEMO.map(|(account, name)| {
        let key = simulator.access_key(account);
        GivenProfile::new(name, &key.access_key_id, &key.secret_access_key)
    });
    let accounts = DEMO.map(|(account, name)| (AccountId::parse(account).ok(), name));
    let targets = accounts.map(|(account, name)| {
        let number = account.map(AccountId::grouped).unwrap_or_default();
        KnownTarget {
            label: format!("{number} {name}"),
            target: Target {
                profile: Some(name.to_owned()),
                region: None,
            },
            // It is in the label.
            account: None,
        }
    });
    let side = match arguments.side {
        DemoSide::Source => 0,
        DemoSide::Recipient => 1,
    };
    let first = targets
        .get(side)
        .map(|known| known.target.clone())
        .unwrap_or_default();
    let other = (targets.iter().map(|known| &known.target))
        .find(|target| **target != first)
        .and_then(|target| target.profile.clone());
    let named = accounts
        .into_iter()
        .filter_map(|(account, name)| Some((account?, name.to_owned())));
    let wire = Wire::Given(GivenWire {
        control_plane: ControlPlane::Other("simulator".to_owned()),
        http_client: simulator.http_client(),
        region: DEFAULT_REGION.to_owned(),
        profiles: profiles.into(),
        endpoint_url: None,
    });
    let setup = Setup {
        read_only: arguments.read_only,
        watch: arguments.watch,
        simulator: true,
        config: Config {
            accounts: config.accounts.with_names(named),
            ..config
        },
        targets: targets.into(),
        last_accounts: LastAccounts::default(),
        refused: Vec::new(),
        target: first,
        peer: other,
        plan: None,
        select: None,
        themes: Vec::new(),
        first_steps: FirstSteps::of_demo(),
        keymap,
    };
    (wire, setup)
}
