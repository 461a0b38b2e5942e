use super::{Connect, DecodeError, Filter, FixedHeader, Packet, PacketId, PacketType, Publish, QoS, Will};

impl<'a> Packet<'a> {
    /// The packet at the start of `bytes` and its length in bytes, or `None` while it is incomplete.
    ///
    /// Nothing is copied; only the list of a SUBSCRIBE or UNSUBSCRIBE is allocated. A CONNACK's return code is not
    /// judged, nor what depends on other packets or on the session.
    ///
    /// # Errors
    ///
    /// The bytes break the specification, whatever follows them.
    #[inline]
    pub fn decode(bytes: &'a [u8]) -> Result<Option<(Self, usize)>, DecodeError> {
        let Some((header, start)) = FixedHeader::decode(bytes)? else { return Ok(None) };
        let FixedHeader { packet_type, flags, remaining_length: length } = header;
        let fixed = match packet_type {
            PacketType::PingReq | PacketType::PingResp | PacketType::Disconnect => Some(0),
            PacketType::Connect
            | PacketType::Publish
            | PacketType::Subscribe
            | PacketType::SubAck
            | PacketType::Unsubscribe => None,
            _ => Some(2),
        };
        if fixed.is_some_and(|fixed| fixed != length) {
            return Err(DecodeError::Length { packet_type, length });
        }
        let end = start + length;
        let Some(body) = bytes.get(start..end) else { return Ok(None) };
        let mut body = Body(body);
        let packet = match packet_type {
            PacketType::Publish => Self::Publish(body.publish(flags)?),
            PacketType::Connect => Self::Connect(body.connect()?),
            PacketType::ConnAck => body.conn_ack()?,
            PacketType::PubAck => Self::PubAck(body.id()?),
            PacketType::PubRec => Self::PubRec(body.id()?),
            PacketType::PubRel => Self::PubRel(body.id()?),
            PacketType::PubComp => Self::PubComp(body.id()?),
            PacketType::Subscribe => body.subscribe()?,
            PacketType::SubAck => body.sub_ack()?,
            PacketType::Unsubscribe => body.unsubscribe()?,
            PacketType::UnsubAck => Self::UnsubAck(body.id()?),
            PacketType::PingReq => Self::PingReq,
            PacketType::PingResp => Self::PingResp,
            PacketType::Disconnect => Self::Disconnect,
        };
        if body.0.is_empty() { Ok(Some((packet, end))) } else { Err(DecodeError::Trailing(body.0.len())) }
    }
}

/// What is left of a packet after its fixed header.
struct Body<'a>(&'a [u8]);

impl<'a> Body<'a> {
    #[inline]
    fn take(&mut self, wanted: usize) -> Result<&'a [u8], DecodeError> {
        let (field, rest) =
            self.0.split_at_checked(wanted).ok_or(DecodeError::Truncated { wanted, left: self.0.len() })?;
        self.0 = rest;
        Ok(field)
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        let (&byte, rest) = self.0.split_first().ok_or(DecodeError::Truncated { wanted: 1, left: 0 })?;
        self.0 = rest;
        Ok(byte)
    }

    #[inline]
    fn word(&mut self) -> Result<u16, DecodeError> {
        let (&word, rest) =
            self.0.split_first_chunk().ok_or(DecodeError::Truncated { wanted: 2, left: self.0.len() })?;
        self.0 = rest;
        Ok(u16::from_be_bytes(word))
    }

    fn id(&mut self) -> Result<PacketId, DecodeError> {
        match self.word()? {
            0 => Err(DecodeError::PacketId),
            id => Ok(id),
        }
    }

    #[inline]
    fn binary(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.word()?;
        self.take(usize::from(length))
    }

    #[inline]
    fn string(&mut self) -> Result<&'a str, DecodeError> {
        let string = std::str::from_utf8(self.binary()?).map_err(|_| DecodeError::Utf8)?;
        if string.as_bytes().contains(&0) { Err(DecodeError::Nul) } else { Ok(string) }
    }

    #[inline]
    fn topic_name(&mut self) -> Result<&'a str, DecodeError> {
        let topic = self.string()?;
        if topic.is_empty() || topic.bytes().any(|byte| matches!(byte, b'+' | b'#')) {
            return Err(DecodeError::TopicName);
        }
        Ok(topic)
    }

    fn topic_filter(&mut self) -> Result<&'a str, DecodeError> {
        let topic = self.string()?;
        let mut levels = topic.split('/').peekable();
        let mut valid = !topic.is_empty();
        while let Some(level) = levels.next() {
            valid &= match level {
                "+" => true,
                "#" => levels.peek().is_none(),
                _ => !level.contains(['+', '#']),
            };
        }
        if valid { Ok(topic) } else { Err(DecodeError::TopicFilter) }
    }

    #[inline]
    fn publish(&mut self, flags: u8) -> Result<Publish<'a>, DecodeError> {
        let qos = qos(flags >> 1 & 0b11)?;
        let topic = self.topic_name()?;
        let id = if qos == QoS::AtMostOnce { 0 } else { self.id()? };
        let payload = std::mem::take(&mut self.0);
        Ok(Publish { dup: flags & 0b1000 != 0, qos, retain: flags & 1 != 0, topic, id, payload })
    }

    fn connect(&mut self) -> Result<Connect<'a>, DecodeError> {
        if self.binary()? != b"MQTT" {
            return Err(DecodeError::ProtocolName);
        }
        let level = self.byte()?;
        if level != 4 {
            return Err(DecodeError::ProtocolLevel(level));
        }
        let flags = self.byte()?;
        let bit = |bit: u8| flags >> bit & 1 == 1;
        let will_flags = flags >> 3 & 0b111;
        if bit(0) || bit(6) && !bit(7) || !bit(2) && will_flags != 0 || will_flags & 0b11 == 0b11 {
            return Err(DecodeError::ConnectFlags(flags));
        }
        let keep_alive = self.word()?;
        let client_id = self.string()?;
        let will = if bit(2) {
            let (topic, message) = (self.topic_name()?, self.binary()?);
            Some(Will { topic, message, qos: qos(will_flags & 0b11)?, retain: bit(5) })
        } else {
            None
        };
        let username = if bit(7) { Some(self.string()?) } else { None };
        let password = if bit(6) { Some(self.binary()?) } else { None };
        Ok(Connect { client_id, clean_session: bit(1), keep_alive, will, username, password })
    }

    fn conn_ack(&mut self) -> Result<Packet<'a>, DecodeError> {
        let (flags, code) = (self.byte()?, self.byte()?);
        if flags > 1 || flags == 1 && code != 0 {
            return Err(DecodeError::ConnAckFlags { flags, code });
        }
        Ok(Packet::ConnAck { session_present: flags == 1, code })
    }

    fn subscribe(&mut self) -> Result<Packet<'a>, DecodeError> {
        let id = self.id()?;
        let mut filters = Vec::new();
        while !self.0.is_empty() {
            filters.push(Filter { topic: self.topic_filter()?, qos: qos(self.byte()?)? });
        }
        if filters.is_empty() {
            return Err(DecodeError::Empty(PacketType::Subscribe));
        }
        Ok(Packet::Subscribe { id, filters })
    }

    fn sub_ack(&mut self) -> Result<Packet<'a>, DecodeError> {
        let id = self.id()?;
        let codes = std::mem::take(&mut self.0);
        if codes.is_empty() {
            return Err(DecodeError::Empty(PacketType::SubAck));
        }
        match codes.iter().find(|code| !matches!(code, 0..=2 | 0x80)) {
            Some(&code) => Err(DecodeError::SubAckCode(code)),
            None => Ok(Packet::SubAck { id, codes }),
        }
    }

    fn unsubscribe(&mut self) -> Result<Packet<'a>, DecodeError> {
        let id = self.id()?;
        let mut topics = Vec::new();
        while !self.0.is_empty() {
            topics.push(self.topic_filter()?);
        }
        if topics.is_empty() {
            return Err(DecodeError::Empty(PacketType::Unsubscribe));
        }
        Ok(Packet::Unsubscribe { id, topics })
    }
}

#[inline]
fn qos(bits: u8) -> Result<QoS, DecodeError> {
    match bits {
        0 => Ok(QoS::AtMostOnce),
        1 => Ok(QoS::AtLeastOnce),
        2 => Ok(QoS::ExactlyOnce),
        _ => Err(DecodeError::QoS(bits)),
    }
}
