use esp32_sim::mqtt::{Connect, Filter, Packet, Publish, QoS, Will};
use proptest::collection::vec;
use proptest::prelude::*;

const LEVELS: [QoS; 3] = [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce];

fn qos() -> impl Strategy<Value = QoS> {
    prop::sample::select(&LEVELS[..])
}

/// Any string that is no wildcard and has no NUL.
fn text(least: usize) -> impl Strategy<Value = String> {
    vec(any::<char>().prop_filter("no topic", |c| !matches!(c, '\0' | '+' | '#')), least..40)
        .prop_map(|chars| chars.into_iter().collect())
}

fn survives(packet: &Packet<'_>) -> Result<(), TestCaseError> {
    let mut out = Vec::new();
    packet.encode(&mut out).unwrap();
    let decoded = Packet::decode(&out).unwrap();
    prop_assert_eq!(decoded, Some((packet.clone(), out.len())));
    for end in 0..out.len() {
        prop_assert_eq!(Packet::decode(&out[..end]), Ok(None));
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_publish_survives(
        topic in text(1), payload in vec(any::<u8>(), 0..300), qos in qos(), id in 1..=u16::MAX, flags in 0..4u8,
    ) {
        let acknowledged = qos != QoS::AtMostOnce;
        survives(&Packet::Publish(Publish {
            dup: acknowledged && flags & 2 != 0,
            qos,
            retain: flags & 1 != 0,
            topic: &topic,
            id: if acknowledged { id } else { 0 },
            payload: &payload,
        }))?;
    }

    #[test]
    fn a_connect_survives(
        client_id in text(0), clean_session: bool, keep_alive: u16, topic in text(1), qos in qos(), retain: bool,
        message in vec(any::<u8>(), 0..40), username in text(0), has in 0..6u8,
    ) {
        survives(&Packet::Connect(Connect {
            client_id: &client_id,
            clean_session,
            keep_alive,
            will: (has % 2 == 1).then_some(Will { topic: &topic, message: &message, qos, retain }),
            username: (has / 2 > 0).then_some(username.as_str()),
            password: (has / 2 > 1).then_some(message.as_slice()),
        }))?;
    }

    #[test]
    fn lists_survive(id in 1..=u16::MAX, list in vec((text(1), qos()), 1..20)) {
        let filters = list.iter().map(|(topic, qos)| Filter { topic, qos: *qos }).collect();
        survives(&Packet::Subscribe { id, filters })?;
        survives(&Packet::Unsubscribe { id, topics: list.iter().map(|(topic, _)| topic.as_str()).collect() })?;
        let codes: Vec<u8> = list.iter().map(|(_, qos)| *qos as u8).collect();
        survives(&Packet::SubAck { id, codes: &codes })?;
    }

    #[test]
    fn acknowledgements_survive(id in 1..=u16::MAX) {
        for packet in [
            Packet::PubAck(id), Packet::PubRec(id), Packet::PubRel(id), Packet::PubComp(id), Packet::UnsubAck(id),
        ] {
            survives(&packet)?;
        }
    }

    #[test]
    fn any_bytes_are_an_error_or_a_packet_no_longer_than_they_are(bytes in vec(any::<u8>(), 0..200)) {
        if let Ok(Some((packet, length))) = Packet::decode(&bytes) {
            prop_assert!(length <= bytes.len());
            survives(&packet)?;
        }
    }

    #[test]
    fn a_list_takes_no_more_entries_than_its_bytes_hold(kind in prop::sample::select(vec![0x82u8, 0xa2]),
        body in vec(prop::sample::select(vec![0u8, 1, 2, b'a']), 2..120),
    ) {
        let bytes = [&[kind, body.len() as u8], body.as_slice()].concat();
        let (entries, capacity) = match Packet::decode(&bytes) {
            Ok(Some((Packet::Subscribe { filters, .. }, _))) => (filters.len(), filters.capacity()),
            Ok(Some((Packet::Unsubscribe { topics, .. }, _))) => (topics.len(), topics.capacity()),
            _ => return Ok(()),
        };
        prop_assert!(entries * 3 <= body.len());
        prop_assert!(capacity <= 4.max(2 * entries));
    }
}
