//! The handle of a simulated world.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::watch;

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
    /// Whether all is there, when it is not there from the start.
    furnished: Option<watch::Receiver<bool>>,
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
            furnished: None,
        }
    }

    /// A world that is furnished on a thread of its own, while its caller goes on. Requests wait until that is
    /// done; set-up and inspection do not. Should `furnish` panic, they find what there is by then.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn furnished_behind(
        clock: Clock,
        furnish: impl FnOnce(&Self) + Send + 'static,
    ) -> io::Result<Self> {
        let (sender, furnished) = watch::channel(false);
        let mut simulator = Self::new(clock);
        let world = simulator.clone();
        let thread = thread::Builder::new().name("furnishing".to_owned());
        thread.spawn(move || {
            furnish(&world);
            // An error says that nobody waits.
            let _ = sender.send(true);
        })?;
        simulator.furnished = Some(furnished);
        Ok(simulator)
    }

    /// Waits until the world is furnished.
    pub(in crate::simulator) async fn furnished(&self) {
        if let Some(furnished) = &self.furnished {
            // An error says that nobody is at it any more.
            let _ = furnished.clone().wait_for(|done| *done).await;
        }
    }

    /// The same world, with set-up and inspection in another region.
    pub fn at(&self, region: &str) -> Self {
        Self {
            world: Arc::clone(&self.world),
            region: Arc::from(region),
            furnished: self.furnished.clone(),
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
