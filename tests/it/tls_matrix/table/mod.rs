//! What is expected of each cell of the matrix: the tests with real brokers compare, the page is made of it.
//!
//! A verdict is `accept`; the alert by which a client refuses, with its own words in parentheses; `broker:` and the
//! alert by which the broker refuses; `CONNACK` and its return code.

pub(crate) mod certificates;
pub(crate) mod chains;
pub(crate) mod starts;

/// CONNACK with return code 0.
pub(crate) const ACCEPT: &str = "accept";

/// A verdict for every TLS version; one for TLS 1.2 and another one for TLS 1.3; none where nothing is asked.
pub(crate) type Cell = &'static [&'static str];
