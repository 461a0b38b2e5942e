//! A scenario of a file, played on a broker.

mod figures;
mod links;
mod play;
mod run;
mod text;

pub(crate) use run::run;
