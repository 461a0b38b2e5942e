use std::io::{self, Read, Write};

/// CONNECT and CONNACK of MQTT 3.1.1, sections 3.1 and 3.2: the return code.
///
/// A broker that refuses may have closed before CONNECT is written; what it said before can still be read.
pub(super) fn connect(stream: &mut (impl Read + Write), client_id: &str) -> io::Result<u8> {
    let _ = stream.write_all(&packet(client_id));
    let mut connack = [0; 4];
    stream.read_exact(&mut connack)?;
    let [0x20, 2, _, code] = connack else { panic!("{connack:?} is no CONNACK") };
    let _ = stream.write_all(&[0xE0, 0]);
    Ok(code)
}

/// A clean session, 60 seconds of keep alive.
fn packet(client_id: &str) -> Vec<u8> {
    let length = u8::try_from(client_id.len()).unwrap();
    let body = [b"\0\x04MQTT\x04\x02\0\x3C\0".as_slice(), &[length], client_id.as_bytes()].concat();
    let remaining = u8::try_from(body.len()).unwrap();
    assert!(remaining < 0x80, "{client_id} is too long");
    [&[0x10, remaining], &body[..]].concat()
}
