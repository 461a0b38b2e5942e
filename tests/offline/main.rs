//! Tests that need no Docker.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot do fails it")]

mod acl;
mod acl_file;
mod alerts;
mod arbitrary;
mod authority;
mod certificates;
mod chain;
mod chain_clauses;
mod compose;
mod config;
mod contract;
mod deployment;
mod environment;
mod exposure;
mod file_clauses;
mod hardening;
mod hello;
mod identity;
mod layers;
mod makefile;
mod mutations;
mod openssl;
mod paper;
mod passwords;
mod peer;
mod pem;
#[path = "../permission_cells.rs"]
mod permission_cells;
mod permission_tables;
mod permissions;
mod project;
mod renegotiation;
mod secrets;
mod smoke_script;
mod tls_matrix;
mod verdicts;
