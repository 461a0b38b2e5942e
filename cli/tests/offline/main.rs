//! The program itself, run as a person runs it, where no Docker engine answers.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot do fails it")]

mod certs;
mod compose;
mod engine;
mod esp32;
mod help;
mod killed;
mod kinds;
mod options;
mod page;
mod program;
mod promises;
mod readers;
mod readme;
mod root;
mod terminal;
mod user;
mod verify;
