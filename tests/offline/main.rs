//! Tests that need no Docker.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot do fails it")]

mod authority;
mod chain;
mod compose;
mod config;
mod contract;
mod deployment;
mod environment;
mod openssl;
mod passwords;
mod pem;
mod project;
