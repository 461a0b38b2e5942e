//! Tests that need no Docker.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot do fails it")]

mod alerts;
mod arbitrary;
mod authority;
mod certificates;
mod chain;
mod compose;
mod config;
mod contract;
mod deployment;
mod environment;
mod exposure;
mod hello;
mod identity;
mod mutations;
mod openssl;
mod passwords;
mod peer;
mod pem;
mod project;
mod secrets;
mod tls_matrix;
mod verdicts;
