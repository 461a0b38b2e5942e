//! Many devices: when they boot, how long each step took, what was lost.
//!
//! [`Plan`] says who and when; [`Fleet::start`] checks it against the limits of this computer and boots; [`Figures`] are
//! what came of it, at any moment and at the end; [`Promise`]s are what one may ask of them.

mod error;
mod figures;
mod identity;
mod limits;
mod observer;
mod plan;
mod promise;
mod running;
mod watch;

pub use error::Error;
pub use figures::{Figures, Sample, States};
pub use identity::Identity;
pub use limits::allow_files;
pub use plan::{Boot, Plan, Share};
pub use promise::{Promise, Unmet};
pub use running::Fleet;
