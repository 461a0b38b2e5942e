//! Every way in which a chain can be wrong, judged by every stack that will meet it.
//!
//! One client meets the broker at a time, so that what the broker's log says belongs to it: each verdict has two
//! witnesses. `docs/tls-matrix.md` is made from the tables.

mod broker;
mod client;
mod config;
mod files;
mod fleet;
mod mbedtls;
mod mosquitto_pub;
mod mqtt;
mod openssl;
mod outcome;
mod report;
mod rustls;
mod simulator;
mod stack;
mod starts;
mod table;
mod verdicts_of_brokers;
mod verdicts_of_clients;
mod wire;
