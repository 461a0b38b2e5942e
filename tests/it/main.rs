//! Tests against real brokers in containers.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot do fails it")]

mod access_list;
mod broker;
mod cell_files;
mod deployment_copy;
mod docker;
mod esp32;
mod failures;
mod foreign;
mod installed;
mod leftovers;
mod lifecycle;
mod measurement;
mod mutants;
#[path = "../permission_cells.rs"]
mod permission_cells;
mod permission_matrix;
mod production;
mod readiness;
mod repository;
mod selections;
mod smoke_test;
mod stack;
mod tls_matrix;
mod up;
mod variations;
