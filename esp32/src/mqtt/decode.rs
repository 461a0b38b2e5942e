use super::header::{FixedHeader, PacketType};
use super::{Connect, DecodeError, Filter, Packet, PacketId, Publish, QoS, Will};

impl<'a> Packet<'a> {
    /// The first packet of `bytes`, and its length; `None` when more bytes are needed.
    pub fn decode(bytes: &'a [u8]) -> Result<Option<(Self, usize)>, DecodeError> {
        let Some((header, length)) = FixedHeader::decode(bytes)? else { return Ok(None) };
        let end = length + header.remaining_length;
        let Some(body) = bytes.get(length..end) else { return Ok(None) };
        let mut fields = Fields { packet_type: header.packet_type, rest: body };
        let packet = fields.packet(header.flags)?;
        if !fields.rest.is_empty() {
            return Err(fields.malformed("length"));
        }
        Ok(Some((packet, end)))
    }
}

/// What is left of a packet.
struct Fields<'a> {
    packet_type: PacketType,
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn packet(&mut self, flags: u8) -> Result<Packet<'a>, DecodeError> {
        Ok(match self.packet_type {
            PacketType::Connect => Packet::Connect(self.connect()?),
            PacketType::ConnAck => {
                let flags = self.byte("flags")?;
                if flags > 1 {
                    return Err(self.malformed("flags"));
                }
                Packet::ConnAck { session_present: flags == 1, code: self.byte("return code")? }
            }
            PacketType::Publish => Packet::Publish(self.publish(flags)?),
            PacketType::PubAck => Packet::PubAck(self.identifier()?),
            PacketType::PubRec => Packet::PubRec(self.identifier()?),
            PacketType::PubRel => Packet::PubRel(self.identifier()?),
            PacketType::PubComp => Packet::PubComp(self.identifier()?),
            PacketType::Subscribe => {
                let id = self.identifier()?;
                let mut filters = Vec::new();
                while !self.rest.is_empty() || filters.is_empty() {
                    let topic = self.text("topic filter")?;
                    let qos = self.byte("QoS")?;
                    filters.push(Filter { topic, qos: self.qos(qos)? });
                }
                Packet::Subscribe { id, filters }
            }
            PacketType::SubAck => {
                let id = self.identifier()?;
                let codes = std::mem::take(&mut self.rest);
                if codes.is_empty() || codes.iter().any(|code| *code > 2 && *code != 0x80) {
                    return Err(self.malformed("return code"));
                }
                Packet::SubAck { id, codes }
            }
            PacketType::Unsubscribe => {
                let id = self.identifier()?;
                let mut topics = Vec::new();
                while !self.rest.is_empty() || topics.is_empty() {
                    topics.push(self.text("topic filter")?);
                }
                Packet::Unsubscribe { id, topics }
            }
            PacketType::UnsubAck => Packet::UnsubAck(self.identifier()?),
            PacketType::PingReq => Packet::PingReq,
            PacketType::PingResp => Packet::PingResp,
            PacketType::Disconnect => Packet::Disconnect,
        })
    }

    fn connect(&mut self) -> Result<Connect<'a>, DecodeError> {
        if self.text("protocol name")? != "MQTT" {
            return Err(self.malformed("protocol name"));
        }
        if self.byte("protocol level")? != 4 {
            return Err(self.malformed("protocol level"));
        }
        let flags = self.byte("flags")?;
        let (will, username, password) = (flags & 4 != 0, flags & 0x80 != 0, flags & 0x40 != 0);
        if flags & 1 != 0 || (!will && flags & 0x38 != 0) || (password && !username) {
            return Err(self.malformed("flags"));
        }
        let keep_alive = self.number("keep alive")?;
        let client_id = self.text("client identifier")?;
        let will = match will {
            true => Some(Will {
                topic: self.text("will topic")?,
                message: self.binary("will message")?,
                qos: self.qos(flags >> 3 & 3)?,
                retain: flags & 0x20 != 0,
            }),
            false => None,
        };
        let username = if username { Some(self.text("user name")?) } else { None };
        let password = if password { Some(self.binary("password")?) } else { None };
        Ok(Connect { client_id, clean_session: flags & 2 != 0, keep_alive, will, username, password })
    }

    fn publish(&mut self, flags: u8) -> Result<Publish<'a>, DecodeError> {
        let topic = self.text("topic")?;
        if topic.is_empty() || topic.contains(['+', '#']) {
            return Err(self.malformed("topic"));
        }
        let qos = self.qos(flags >> 1 & 3)?;
        let id = if qos == QoS::AtMostOnce { 0 } else { self.identifier()? };
        let payload = std::mem::take(&mut self.rest);
        Ok(Publish { dup: flags & 8 != 0, qos, retain: flags & 1 != 0, topic, id, payload })
    }

    fn qos(&self, qos: u8) -> Result<QoS, DecodeError> {
        match qos {
            0 => Ok(QoS::AtMostOnce),
            1 => Ok(QoS::AtLeastOnce),
            2 => Ok(QoS::ExactlyOnce),
            _ => Err(self.malformed("QoS")),
        }
    }

    fn identifier(&mut self) -> Result<PacketId, DecodeError> {
        match self.number("packet identifier")? {
            0 => Err(self.malformed("packet identifier")),
            id => Ok(id),
        }
    }

    fn byte(&mut self, field: &'static str) -> Result<u8, DecodeError> {
        let (&byte, rest) = self.rest.split_first().ok_or(self.malformed(field))?;
        self.rest = rest;
        Ok(byte)
    }

    fn number(&mut self, field: &'static str) -> Result<u16, DecodeError> {
        let (bytes, rest) = self.rest.split_first_chunk::<2>().ok_or(self.malformed(field))?;
        self.rest = rest;
        Ok(u16::from_be_bytes(*bytes))
    }

    fn binary(&mut self, field: &'static str) -> Result<&'a [u8], DecodeError> {
        let length = usize::from(self.number(field)?);
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(self.malformed(field))?;
        self.rest = rest;
        Ok(bytes)
    }

    /// UTF-8 without NUL (section 1.5.3).
    fn text(&mut self, field: &'static str) -> Result<&'a str, DecodeError> {
        let bytes = self.binary(field)?;
        str::from_utf8(bytes).ok().filter(|text| !text.contains('\0')).ok_or(self.malformed(field))
    }

    fn malformed(&self, field: &'static str) -> DecodeError {
        DecodeError::Field { packet_type: self.packet_type, field }
    }
}
