//! Tests against real brokers in containers.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot do fails it")]

mod broker;
mod deployment_copy;
mod failures;
mod leftovers;
mod lifecycle;
mod mutants;
mod repository;
mod smoke_test;
mod stack;
mod tls_matrix;
mod up;
mod variations;
