//! What `esp32` is called with.

mod arguments;
mod share;
mod slice;
mod source;

pub(crate) use arguments::{Boot, Command, Format, Options, Output};
pub(crate) use share::Share;
pub(crate) use slice::Slice;
pub(crate) use source::Source;
