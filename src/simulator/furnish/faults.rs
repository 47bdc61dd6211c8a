//! Latency, faults and quotas, on purpose.

use std::time::Duration;

use crate::simulator::handle::Simulator;
#[cfg(feature = "faults")]
use crate::simulator::world::fault::{Fault, Times};
use crate::simulator::world::operation::Operation;
use crate::simulator::world::quota::Quotas;

impl Simulator {
    /// Makes one operation, or with `None` every operation without a latency of its own, take this long. The effect
    /// comes half way.
    pub fn set_latency(&self, operation: Option<Operation>, latency: Duration) {
        let mut world = self.lock();
        match operation {
            Some(operation) => {
                world.latencies.insert(operation, latency);
            }
            None => world.latency = latency,
        }
    }

    /// Puts a fault into an operation's queue. Without [`Times::Forever`] later faults follow when it is used up.
    #[cfg(feature = "faults")]
    pub fn inject(&self, operation: Operation, fault: Fault, times: Times) {
        self.lock()
            .faults
            .0
            .entry(operation)
            .or_default()
            .push_back((fault, times));
    }

    /// Forgets all faults that have not happened.
    #[cfg(feature = "faults")]
    pub fn clear_faults(&self) {
        self.lock().faults.0.clear();
    }

    /// Enforces the published quotas, times a factor. A call beyond them is answered with `ThrottlingException`.
    pub fn enforce_quotas(&self, scale: f64) {
        self.lock().quotas = Some(Quotas::new(scale));
    }
}
