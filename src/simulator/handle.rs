//! The handle of a simulated world.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::simulator::world::World;
use crate::simulator::world::assumptions::Assumptions;
use crate::simulator::world::clock::Clock;

/// The region of the demo, and the one set-up and inspection work in unless told otherwise.
pub const DEFAULT_REGION: &str = "us-east-1";

/// An AWS IoT control plane in memory, with the parts of STS and of IAM Identity Center that say who calls.
///
/// Clones share one world. Set-up and inspection work in one region, see [`Simulator::at`]; requests work in the
/// region their signature names.
#[derive(Clone, Debug)]
pub struct Simulator {
    world: Arc<Mutex<World>>,
    pub(in crate::simulator) region: Arc<str>,
}

impl Simulator {
    /// A world without accounts, under the default assumptions.
    pub fn new(clock: Clock) -> Self {
        Self::with_assumptions(clock, Assumptions::default())
    }

    /// A world without accounts, under the given assumptions.
    pub fn with_assumptions(clock: Clock, assumptions: Assumptions) -> Self {
        Self {
            world: Arc::new(Mutex::new(World::new(clock, assumptions))),
            region: Arc::from(DEFAULT_REGION),
        }
    }

    /// The same world, with set-up and inspection in another region.
    pub fn at(&self, region: &str) -> Self {
        Self {
            world: Arc::clone(&self.world),
            region: Arc::from(region),
        }
    }

    /// What time it is in the world, in milliseconds since the Unix epoch.
    pub fn now(&self) -> i64 {
        self.lock().clock.now()
    }

    /// Replaces the assumptions from the next call on.
    pub fn set_assumptions(&self, assumptions: Assumptions) {
        self.lock().assumptions = assumptions;
    }

    /// The world, also after a panic elsewhere: every change is made completely or not at all.
    pub(in crate::simulator) fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
