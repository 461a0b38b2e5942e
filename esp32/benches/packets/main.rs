//! Packets a second on one core: of the codec, and of the client without a socket.

#![allow(clippy::expect_used, reason = "what a benchmark cannot do ends it")]

mod client;
mod codec;
mod rate;

fn main() {
    codec::table();
    println!();
    client::table();
}
