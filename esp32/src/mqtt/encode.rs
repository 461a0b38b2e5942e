use super::{Connect, EncodeError, FixedHeader, Packet, PacketId, PacketType, Publish};

impl Packet<'_> {
    /// Appends the packet to `out`. Only lengths are checked: a fault test may say what no client should.
    ///
    /// # Errors
    ///
    /// A field or the packet is too long; `out` is then unchanged.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        match self {
            Self::Connect(connect) => connect.encode(out),
            Self::ConnAck { session_present, code } => {
                header(PacketType::ConnAck, 0, 2, out)?;
                out.extend_from_slice(&[u8::from(*session_present), *code]);
                Ok(())
            }
            Self::Publish(publish) => publish.encode(out),
            Self::PubAck(id) => acknowledgement(PacketType::PubAck, 0, *id, out),
            Self::PubRec(id) => acknowledgement(PacketType::PubRec, 0, *id, out),
            Self::PubRel(id) => acknowledgement(PacketType::PubRel, 0b0010, *id, out),
            Self::PubComp(id) => acknowledgement(PacketType::PubComp, 0, *id, out),
            Self::Subscribe { id, filters } => {
                let length = filters.iter().try_fold(2, |sum, f| Ok(sum + 1 + field(f.topic.as_bytes())?))?;
                header(PacketType::Subscribe, 0b0010, length, out)?;
                out.extend_from_slice(&id.to_be_bytes());
                for filter in filters {
                    put(filter.topic.as_bytes(), out);
                    out.push(filter.qos as u8);
                }
                Ok(())
            }
            Self::SubAck { id, codes } => {
                header(PacketType::SubAck, 0, 2 + codes.len(), out)?;
                out.extend_from_slice(&id.to_be_bytes());
                out.extend_from_slice(codes);
                Ok(())
            }
            Self::Unsubscribe { id, topics } => {
                let length = topics.iter().try_fold(2, |sum, topic| Ok(sum + field(topic.as_bytes())?))?;
                header(PacketType::Unsubscribe, 0b0010, length, out)?;
                out.extend_from_slice(&id.to_be_bytes());
                topics.iter().for_each(|topic| put(topic.as_bytes(), out));
                Ok(())
            }
            Self::UnsubAck(id) => acknowledgement(PacketType::UnsubAck, 0, *id, out),
            Self::PingReq => header(PacketType::PingReq, 0, 0, out),
            Self::PingResp => header(PacketType::PingResp, 0, 0, out),
            Self::Disconnect => header(PacketType::Disconnect, 0, 0, out),
        }
    }
}

impl Publish<'_> {
    /// Appends the packet to `out`, which allocates only if its capacity is too small.
    ///
    /// # Errors
    ///
    /// The topic or the packet is too long; `out` is then unchanged.
    #[inline]
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let flags = u8::from(self.dup) << 3 | (self.qos as u8) << 1 | u8::from(self.retain);
        let id = if self.qos as u8 == 0 { 0 } else { 2 };
        header(PacketType::Publish, flags, field(self.topic.as_bytes())? + id + self.payload.len(), out)?;
        put(self.topic.as_bytes(), out);
        if id > 0 {
            out.extend_from_slice(&self.id.to_be_bytes());
        }
        out.extend_from_slice(self.payload);
        Ok(())
    }
}

impl Connect<'_> {
    /// Appends the packet to `out`.
    ///
    /// # Errors
    ///
    /// A field is too long; `out` is then unchanged.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let mut flags = u8::from(self.clean_session) << 1;
        if let Some(will) = &self.will {
            flags |= 1 << 2 | (will.qos as u8) << 3 | u8::from(will.retain) << 5;
        }
        flags |= u8::from(self.password.is_some()) << 6 | u8::from(self.username.is_some()) << 7;
        let fields = [
            Some(self.client_id.as_bytes()),
            self.will.map(|will| will.topic.as_bytes()),
            self.will.map(|will| will.message),
            self.username.map(str::as_bytes),
            self.password,
        ];
        let length = fields.iter().flatten().try_fold(10, |sum, bytes| Ok(sum + field(bytes)?))?;
        header(PacketType::Connect, 0, length, out)?;
        out.extend_from_slice(b"\0\x04MQTT\x04");
        out.push(flags);
        out.extend_from_slice(&self.keep_alive.to_be_bytes());
        fields.iter().flatten().for_each(|bytes| put(bytes, out));
        Ok(())
    }
}

#[inline]
fn header(packet_type: PacketType, flags: u8, length: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    FixedHeader { packet_type, flags, remaining_length: length }.encode(out)
}

fn acknowledgement(kind: PacketType, flags: u8, id: PacketId, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    header(kind, flags, 2, out)?;
    out.extend_from_slice(&id.to_be_bytes());
    Ok(())
}

/// The bytes that a field takes with its length.
#[inline]
fn field(bytes: &[u8]) -> Result<usize, EncodeError> {
    if bytes.len() > usize::from(u16::MAX) {
        Err(EncodeError::FieldTooLong(bytes.len()))
    } else {
        Ok(2 + bytes.len())
    }
}

/// Appends a field that [`field`] has measured.
#[inline]
fn put(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(bytes.len() as u16).to_be_bytes());
    out.extend_from_slice(bytes);
}
