//! Records of TLS 1.2 and a ClientHello, taken apart by hand (RFC 5246, 6.2.1 and 7.4.1.2).

pub(crate) const HANDSHAKE: u8 = 22;
pub(crate) const APPLICATION_DATA: u8 = 23;
pub(crate) const ALERT: u8 = 21;

pub(crate) struct Record<'a> {
    pub(crate) content_type: u8,
    pub(crate) payload: &'a [u8],
}

pub(crate) fn records(mut bytes: &[u8]) -> Vec<Record<'_>> {
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let content_type = bytes[0];
        let payload = vector(&mut &bytes[3..], 2);
        bytes = &bytes[5 + payload.len()..];
        records.push(Record { content_type, payload });
    }
    records
}

pub(crate) struct ClientHello<'a> {
    pub(crate) version: u16,
    pub(crate) suites: Vec<u16>,
    /// Type and content.
    pub(crate) extensions: Vec<(u16, &'a [u8])>,
}

impl<'a> ClientHello<'a> {
    /// The first record of a client.
    pub(crate) fn parse(bytes: &'a [u8]) -> Self {
        let record = records(bytes).remove(0);
        assert_eq!((record.content_type, record.payload[0]), (HANDSHAKE, 1));
        let body = &mut vector(&mut &record.payload[1..], 3);
        let version = number(take(body, 2));
        take(body, 32);
        vector(body, 1);
        let suites = numbers(vector(body, 2));
        vector(body, 1);
        let list = &mut vector(body, 2);
        let mut extensions = Vec::new();
        while !list.is_empty() {
            extensions.push((number(take(list, 2)), vector(list, 2)));
        }
        Self { version, suites, extensions }
    }

    pub(crate) fn extension(&self, number: u16) -> Option<&'a [u8]> {
        self.extensions.iter().find(|(found, _)| *found == number).map(|(_, content)| *content)
    }

    /// host_name of server_name (RFC 6066, 3).
    pub(crate) fn server_name(&self) -> Option<&'a str> {
        self.extension(0).map(|content| std::str::from_utf8(&content[5..]).unwrap())
    }
}

pub(crate) fn numbers(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks(2).map(number).collect()
}

fn number(bytes: &[u8]) -> u16 {
    u16::from_be_bytes(bytes.try_into().unwrap())
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at(length);
    *bytes = rest;
    taken
}

/// A vector behind its length in `octets`.
fn vector<'a>(bytes: &mut &'a [u8], octets: usize) -> &'a [u8] {
    let length = take(bytes, octets).iter().fold(0, |length, octet| length << 8 | usize::from(*octet));
    take(bytes, length)
}
