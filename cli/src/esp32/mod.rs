//! Many simulated ESP32s on a broker.

mod chart;
mod command;
mod curves;
mod distribution;
mod drive;
mod error;
mod figures;
mod firmware;
mod merge;
mod one_line;
mod options;
mod page;
mod report;
mod reports;
mod scenario;
mod sys;
mod table;
mod target;
mod text;
mod verdict;

pub(crate) use command::{Arguments, run};
pub(crate) use error::Error;
