use super::Event;

/// What [`Client::poll`](super::Client::poll) asks of whoever drives it. Before an action is carried out,
/// [`outbound`](super::Client::outbound) is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action<'a> {
    /// Close the transport. No DISCONNECT of its own is implied.
    Close,
    /// Open the transport, TLS included, and say what came of it.
    Connect,
    /// Call the application. What it does in return comes before the next `poll`, as in an event handler.
    Event(Event<'a>),
}
