use esp32_sim::client::Config;
use rstest::rstest;

use super::rig::Rig;

#[rstest]
#[case::reserved_type_0(&[0x00, 0x00])]
#[case::reserved_type_15(&[0xF0, 0x00])]
#[case::flags_of_puback(&[0x41, 0x02, 0x00, 0x01])]
#[case::qos_3(&[0x36, 0x05, 0x00, 0x01, b't', 0x00, 0x01])]
#[case::dup_with_qos_0(&[0x38, 0x04, 0x00, 0x01, b't', b'x'])]
#[case::puback_of_256_mib(&[0x40, 0xFF, 0xFF, 0xFF, 0x7F])]
#[case::topic_longer_than_the_buffer(&[0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF])]
fn what_is_no_packet_raises_error_and_ends_the_connection(#[case] bytes: &[u8]) {
    let mut rig = Rig::connected(Config::default());
    rig.bytes(bytes);
    assert_eq!(rig.seen(), ["0 ERROR transport 0000", "0 close", "0 DISCONNECTED"]);
}

#[rstest]
#[case::publish_without_a_topic(&[0x30, 0x02, 0x00, 0x00])]
#[case::topic_beyond_the_packet(&[0x30, 0x05, 0x00, 0x09, b't', b'x', b'y'])]
fn a_publish_that_cannot_be_read_ends_the_connection_without_an_error(#[case] bytes: &[u8]) {
    let mut rig = Rig::connected(Config::default());
    rig.bytes(bytes);
    assert_eq!(rig.seen(), ["0 close", "0 DISCONNECTED"]);
}

/// Packets of the other direction, and an answer nobody asked for: read, and passed over.
#[rstest]
#[case::connack(&[0x20, 0x02, 0x00, 0x05])]
#[case::subscribe(&[0x82, 0x06, 0x00, 0x01, 0x00, 0x01, b't', 0x00])]
#[case::pingreq(&[0xC0, 0x00])]
#[case::disconnect(&[0xE0, 0x00])]
#[case::suback_of_nothing(&[0x90, 0x03, 0x00, 0x01, 0x00])]
#[case::puback_without_an_identifier(&[0x40, 0x00])]
fn what_is_not_for_a_client_is_passed_over(#[case] bytes: &[u8]) {
    let mut rig = Rig::connected(Config::default());
    rig.bytes(bytes);
    assert_eq!(rig.seen(), [""; 0]);
    assert!(rig.client.is_connected());
}

/// `append_message_id` of esp-mqtt takes 0 for a wish.
#[rstest]
#[case::pubrel(&[0x62, 0x00], "0 > PUBCOMP 1")]
#[case::pubrec(&[0x50, 0x02, 0x00, 0x00], "0 > PUBREL 1")]
#[case::qos_1(&[0x32, 0x06, 0x00, 0x01, b't', 0x00, 0x00, b'x'], "0 > PUBACK 1")]
#[case::qos_2(&[0x34, 0x06, 0x00, 0x01, b't', 0x00, 0x00, b'x'], "0 > PUBREC 1")]
fn what_has_no_identifier_is_answered_with_one_of_the_clients_own(
    #[case] bytes: &[u8],
    #[case] answer: &str,
) {
    let mut rig = Rig::connected(Config::default());
    rig.bytes(bytes);
    assert_eq!(rig.seen().last().unwrap(), answer);
}

#[test]
fn a_topic_that_is_no_text_is_handed_on_as_far_as_it_is() {
    let mut rig = Rig::connected(Config::default());
    rig.bytes(&[0x30, 0x06, 0x00, 0x03, b'a', 0xFF, b'b', b'x']);
    assert_eq!(rig.seen(), ["0 DATA 'a' 0+1/1"]);
}

#[test]
fn a_publish_of_256_mib_takes_no_more_memory_than_its_parts() {
    let mut rig = Rig::connected(Config::default());
    rig.bytes(&[0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0x00, 0x01, b't']);
    let read = vec![b'x'; 1 << 20];
    for _ in 0..8 {
        rig.bytes(&read);
    }
    let parts = rig.seen();
    assert!(parts.len() >= 8 * 1_024, "{}", parts.len());
    assert!(parts.iter().all(|line| line.ends_with("/268435452")), "{:?}", parts.first());
}
