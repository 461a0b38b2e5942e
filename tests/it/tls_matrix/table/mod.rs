//! What is expected of each cell of the matrix: the tests with real brokers compare, the page is made of it.
//!
//! A verdict is `accept`; the alert by which a client refuses, with its own words in parentheses; `broker:` and the
//! alert by which the broker refuses; `CONNACK` and its return code.

pub(crate) mod certificates;
pub(crate) mod chains;
pub(crate) mod starts;

use mosquitto_fixtures::client::TlsVersion;

/// CONNACK with return code 0.
pub(crate) const ACCEPT: &str = "accept";

/// A verdict for every TLS version; one for TLS 1.2 and another one for TLS 1.3; none where nothing is asked.
pub(crate) type Cell = &'static [&'static str];

/// What a cell says of a TLS version.
pub(crate) fn expected(cell: Cell, version: TlsVersion) -> Option<&'static str> {
    match (cell, version) {
        ([v1_2, _], TlsVersion::V1_2) => Some(v1_2),
        ([_, v1_3], TlsVersion::V1_3) => Some(v1_3),
        _ => cell.first().copied(),
    }
}
