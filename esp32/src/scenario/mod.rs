//! What happens to devices, and when: written in Rust or TOML, and drawn by lot from a seed.
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

mod action;
mod error;
mod form;
mod plan;
mod trace;

pub use action::{Action, LinkState};
pub use error::ScenarioError;
pub use form::{FirmwareShare, Scenario, Selection, Step};
pub use plan::PlannedStep;
pub use trace::Trace;
