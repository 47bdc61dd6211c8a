//! One test crate, so that the AWS SDK is linked once.

#[cfg(test)]
mod simulator;
