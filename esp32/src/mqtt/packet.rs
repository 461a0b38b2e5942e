/// A packet identifier (section 2.3.1): never 0 in a valid packet.
pub type PacketId = u16;

/// Quality of service (section 4.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum QoS {
    /// Sent once, never acknowledged.
    #[default]
    AtMostOnce = 0,
    /// Sent until acknowledged.
    AtLeastOnce = 1,
    /// Acknowledged in two steps.
    ExactlyOnce = 2,
}

/// What a will says when the client is lost (section 3.1.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Will<'a> {
    /// Where it is published.
    pub topic: &'a str,
    /// What it says.
    pub message: &'a [u8],
    /// How it is delivered.
    pub qos: QoS,
    /// Whether the broker keeps it.
    pub retain: bool,
}

/// CONNECT (section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connect<'a> {
    /// The client identifier; empty asks the broker for one.
    pub client_id: &'a str,
    /// Whether the broker forgets the session.
    pub clean_session: bool,
    /// Keep alive in seconds, 0 for none.
    pub keep_alive: u16,
    /// The last will.
    pub will: Option<Will<'a>>,
    /// The user name.
    pub username: Option<&'a str>,
    /// The password.
    pub password: Option<&'a [u8]>,
}

/// PUBLISH (section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publish<'a> {
    /// Sent before, in this or an earlier connection.
    pub dup: bool,
    /// Quality of service.
    pub qos: QoS,
    /// Whether the broker keeps it, or did.
    pub retain: bool,
    /// The topic name.
    pub topic: &'a str,
    /// The packet identifier, 0 with [`QoS::AtMostOnce`].
    pub id: PacketId,
    /// The application message.
    pub payload: &'a [u8],
}

/// A topic filter with the quality of service asked for it (section 3.8.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filter<'a> {
    /// The topic filter.
    pub topic: &'a str,
    /// The highest quality of service wanted.
    pub qos: QoS,
}

/// One control packet. Strings and payloads are borrowed from the bytes that were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet<'a> {
    /// The client asks for a session.
    Connect(Connect<'a>),
    /// The broker's answer: 0 accepts (section 3.2.2.3).
    ConnAck {
        /// Whether the broker kept the session.
        session_present: bool,
        /// The return code.
        code: u8,
    },
    /// An application message.
    Publish(Publish<'a>),
    /// Ends [`QoS::AtLeastOnce`].
    PubAck(PacketId),
    /// First answer of [`QoS::ExactlyOnce`].
    PubRec(PacketId),
    /// Its second step.
    PubRel(PacketId),
    /// Its end.
    PubComp(PacketId),
    /// Asks for messages.
    Subscribe {
        /// The packet identifier.
        id: PacketId,
        /// At least one.
        filters: Vec<Filter<'a>>,
    },
    /// Grants them: a quality of service, or 0x80, for each filter.
    SubAck {
        /// The packet identifier.
        id: PacketId,
        /// The return codes, in the order of the filters.
        codes: &'a [u8],
    },
    /// No longer asks for messages.
    Unsubscribe {
        /// The packet identifier.
        id: PacketId,
        /// At least one topic filter.
        topics: Vec<&'a str>,
    },
    /// Its acknowledgement.
    UnsubAck(PacketId),
    /// Is the broker there?
    PingReq,
    /// It is.
    PingResp,
    /// The client leaves; the will is discarded.
    Disconnect,
}
