//! What happens to devices, and when: written in Rust or TOML, drawn by lot from a seed, and played on live devices.
//!
//! The same scenario and the same seed give the same plan. In TOML:
//!
//! ```
//! # use esp32_sim::scenario::{Action, Scenario};
//! let scenario = Scenario::from_toml(
//!     r#"
//!     devices = 100
//!     boot-within-ms = 5000
//!     firmware = [{ name = "idf-5.5", weight = 9 }, { name = "hardened", weight = 1 }]
//!
//!     [[steps]]
//!     at-ms = 60000
//!     devices = { fraction = 0.5 }
//!     action = "power-cut"
//!
//!     [[steps]]
//!     at-ms = 90000
//!     action = { brownout = { resets = 3, every-ms = 2000 } }
//!     "#,
//! )?;
//! let cut = scenario.plan(7)?.iter().filter(|step| step.action == Action::PowerCut).count();
//! assert_eq!(cut, 50);
//! # Ok::<(), esp32_sim::scenario::ScenarioError>(())
//! ```
//!
//! A [`Stage`] has the broker and what devices need to reach it; a scenario is played on it:
//!
//! ```
//! use std::time::Duration;
//!
//! use esp32_sim::client::Broker;
//! use esp32_sim::device::ResetReason;
//! use esp32_sim::scenario::{Action, Scenario, Selection, Stage};
//!
//! # let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! // Nobody listens there.
//! let broker = Broker { hostname: "127.0.0.1".into(), port: Some(free), ..Broker::default() };
//! let every = Duration::from_millis(10);
//! let scenario = Scenario::new(2).step(
//!     Duration::ZERO,
//!     Selection::Only(vec![1]),
//!     Action::Brownout { resets: 3, every },
//! );
//! let outcome = Stage::new(broker).lasting(4 * every).play(&scenario, 7).await?;
//! assert_eq!(outcome.fates[1].boots[&ResetReason::Brownout], 3);
//! assert_eq!(outcome.lost().count(), 2, "{outcome}");
//! # Ok::<(), esp32_sim::scenario::PlayError>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod action;
mod actor;
mod error;
mod fate;
mod fit;
mod form;
mod links;
mod means;
mod outcome;
mod part;
mod plan;
mod play;
mod play_error;
mod record;
mod stage;
mod trace;

pub use action::{Action, DnsState, LinkState};
pub use error::ScenarioError;
pub use fate::Fate;
pub use form::{FirmwareShare, Scenario, Selection, Step};
pub use links::Links;
pub use outcome::Outcome;
pub use plan::PlannedStep;
pub use play::Play;
pub use play_error::PlayError;
pub use stage::Stage;
pub use trace::Trace;
