//! Many simulated ESP32s on a broker.

mod command;
mod curves;
mod distribution;
mod error;
mod figures;
mod live;
mod merge;
mod options;
mod report;
mod table;
mod target;
mod text;

pub(crate) use command::{Arguments, run};
pub(crate) use error::Error;
