use super::header::{FixedHeader, MAX_REMAINING_LENGTH, PacketType};
use super::{Connect, EncodeError, Packet, PacketId, Publish, QoS};

impl Packet<'_> {
    /// Appends the packet's bytes. Nothing is appended when it cannot be written.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let bare = |out: &mut Vec<u8>, packet_type, flags, body: &[u8]| {
            header(out, packet_type, flags, body.len())?;
            out.extend_from_slice(body);
            Ok(())
        };
        let acknowledgement = |out: &mut Vec<u8>, packet_type, flags, id: PacketId| {
            bare(out, packet_type, flags, &id.to_be_bytes())
        };
        match self {
            Self::Connect(connect) => connect.encode(out),
            Self::ConnAck { session_present, code } => {
                bare(out, PacketType::ConnAck, 0, &[u8::from(*session_present), *code])
            }
            Self::Publish(publish) => publish.encode(out),
            Self::PubAck(id) => acknowledgement(out, PacketType::PubAck, 0, *id),
            Self::PubRec(id) => acknowledgement(out, PacketType::PubRec, 0, *id),
            Self::PubRel(id) => acknowledgement(out, PacketType::PubRel, 2, *id),
            Self::PubComp(id) => acknowledgement(out, PacketType::PubComp, 0, *id),
            Self::Subscribe { id, filters } => {
                let length = filters.iter().map(|filter| 3 + filter.topic.len()).sum::<usize>();
                check(filters.iter().map(|filter| filter.topic.len()))?;
                header(out, PacketType::Subscribe, 2, 2 + length)?;
                out.extend_from_slice(&id.to_be_bytes());
                for filter in filters {
                    string(out, filter.topic.as_bytes());
                    out.push(filter.qos as u8);
                }
                Ok(())
            }
            Self::SubAck { id, codes } => {
                header(out, PacketType::SubAck, 0, 2 + codes.len())?;
                out.extend_from_slice(&id.to_be_bytes());
                out.extend_from_slice(codes);
                Ok(())
            }
            Self::Unsubscribe { id, topics } => {
                check(topics.iter().map(|topic| topic.len()))?;
                header(
                    out,
                    PacketType::Unsubscribe,
                    2,
                    2 + topics.iter().map(|topic| 2 + topic.len()).sum::<usize>(),
                )?;
                out.extend_from_slice(&id.to_be_bytes());
                for topic in topics {
                    string(out, topic.as_bytes());
                }
                Ok(())
            }
            Self::UnsubAck(id) => acknowledgement(out, PacketType::UnsubAck, 0, *id),
            Self::PingReq => bare(out, PacketType::PingReq, 0, &[]),
            Self::PingResp => bare(out, PacketType::PingResp, 0, &[]),
            Self::Disconnect => bare(out, PacketType::Disconnect, 0, &[]),
        }
    }
}

impl Publish<'_> {
    /// Appends the packet's bytes, and takes no memory but that of `out`.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        check([self.topic.len()])?;
        let identifier = if self.qos == QoS::AtMostOnce { 0 } else { 2 };
        let flags = u8::from(self.dup) << 3 | (self.qos as u8) << 1 | u8::from(self.retain);
        header(out, PacketType::Publish, flags, 2 + self.topic.len() + identifier + self.payload.len())?;
        string(out, self.topic.as_bytes());
        if identifier > 0 {
            out.extend_from_slice(&self.id.to_be_bytes());
        }
        out.extend_from_slice(self.payload);
        Ok(())
    }
}

impl Connect<'_> {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let will = self.will.as_ref().map(|will| [will.topic.as_bytes(), will.message]);
        let fields = || {
            let will = will.into_iter().flatten();
            let credentials = [self.username.map(str::as_bytes), self.password].into_iter().flatten();
            std::iter::once(self.client_id.as_bytes()).chain(will).chain(credentials)
        };
        check(fields().map(<[u8]>::len))?;
        header(out, PacketType::Connect, 0, 10 + fields().map(|field| 2 + field.len()).sum::<usize>())?;
        string(out, b"MQTT");
        let will = self.will.map_or(0, |will| 4 | (will.qos as u8) << 3 | u8::from(will.retain) << 5);
        let credentials = u8::from(self.password.is_some()) << 6 | u8::from(self.username.is_some()) << 7;
        out.extend_from_slice(&[4, u8::from(self.clean_session) << 1 | will | credentials]);
        out.extend_from_slice(&self.keep_alive.to_be_bytes());
        fields().for_each(|field| string(out, field));
        Ok(())
    }
}

fn header(out: &mut Vec<u8>, packet_type: PacketType, flags: u8, length: usize) -> Result<(), EncodeError> {
    if length > MAX_REMAINING_LENGTH {
        return Err(EncodeError::PacketTooLong { length });
    }
    FixedHeader { packet_type, flags, remaining_length: length }.encode(out);
    Ok(())
}

fn check(lengths: impl IntoIterator<Item = usize>) -> Result<(), EncodeError> {
    match lengths.into_iter().find(|length| *length > usize::from(u16::MAX)) {
        Some(length) => Err(EncodeError::StringTooLong { length }),
        None => Ok(()),
    }
}

/// Its length was checked.
fn string(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
}
