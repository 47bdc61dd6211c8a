//! One test crate, so that the AWS SDK is linked once.
mod worker;
