//! Tests against real brokers in containers.
mod harness;
