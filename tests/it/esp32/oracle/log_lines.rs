use rstest::rstest;

use super::client::Client;
use super::transcript::Transcript;

/// A publish by paho as 2.0 logs it, with a client beside it whose name begins alike.
const V2_0: &str = "\
2026-01-01T00:00:00: New connection from 172.17.0.1:46590 on port 8883.
2026-01-01T00:00:00: New client connected from 172.17.0.1:46590 as paho (p2, c1, k120, u'paho').
2026-01-01T00:00:00: No will message specified.
2026-01-01T00:00:00: Sending CONNACK to paho (0, 0)
2026-01-01T00:00:00: Sending CONNACK to paho-2 (0, 0)
2026-01-01T00:00:00: Received PUBLISH from paho-2 (d0, q1, r0, m1, 'plantops/paho/telemetry', ... (8 bytes))
2026-01-01T00:00:00: Received PUBLISH from paho (d0, q1, r1, m1, 'plantops/paho/telemetry', ... (8 bytes))
2026-01-01T00:00:00: Sending PUBACK to paho (m1, rc0)
2026-01-01T00:00:00: Received DISCONNECT from paho
2026-01-01T00:00:00: Client paho disconnected.
2026-01-01T00:00:00: Client paho-2 closed its connection.
";

const V2_1: &str = "\
2026-01-01T00:00:00: New connection from 172.17.0.1:56468 on port 8883.
2026-01-01T00:00:00: New client connected from 172.17.0.1:56468 as paho (p4, c1, k120, u'paho').
2026-01-01T00:00:00: No will message specified.
2026-01-01T00:00:00: Client paho negotiated TLSv1.3 cipher TLS_AES_256_GCM_SHA384
2026-01-01T00:00:00: Sending CONNACK to paho (0, 0)
2026-01-01T00:00:00: Received PUBLISH from paho (d0, q1, r1, m7, 'plantops/paho/telemetry', ... (8 bytes))
2026-01-01T00:00:00: Sending PUBACK to paho (m7, rc0)
2026-01-01T00:00:00: Received DISCONNECT from paho
2026-01-01T00:00:00: Client paho [172.17.0.1:56468] disconnected.
2026-01-01T00:00:00: Client paho-2 [172.17.0.1:46604] disconnected: connection closed by client.
";

#[test]
fn both_lines_of_the_broker_log_the_same_conversations() {
    assert_eq!(conversations(V2_0), conversations(V2_1));
}

#[rstest]
#[case::clean_session("c1", "c0")]
#[case::keep_alive("k120", "k60")]
#[case::user("u'paho'", "u'backend'")]
#[case::protocol("(p2", "(p5")]
#[case::session_present("CONNACK to paho (0, 0)", "CONNACK to paho (1, 0)")]
#[case::return_code("CONNACK to paho (0, 0)", "CONNACK to paho (0, 5)")]
#[case::denied("Received PUBLISH from paho (", "Denied PUBLISH from paho (")]
#[case::dup("from paho (d0", "from paho (d1")]
#[case::qos("q1, r1", "q0, r1")]
#[case::retain("q1, r1", "q1, r0")]
#[case::topic("r1, m1, 'plantops/paho/telemetry'", "r1, m1, 'plantops/paho/status'")]
#[case::length("r1, m1, 'plantops/paho/telemetry', ... (8", "r1, m1, 'plantops/paho/telemetry', ... (9")]
#[case::reason_code("rc0", "rc135")]
#[case::no_acknowledgement("Sending PUBACK to paho", "Sending PUBACK to paho-2")]
#[case::no_leave("Received DISCONNECT from paho", "Received PINGREQ from paho")]
#[case::end("Client paho disconnected.", "Client paho closed its connection.")]
fn whatever_becomes_different_on_the_wire_shows(#[case] old: &str, #[case] new: &str) {
    assert!(V2_0.contains(old));
    assert_ne!(conversations(V2_0), conversations(&V2_0.replace(old, new)));
}

fn conversations(log: &str) -> [Vec<String>; 3] {
    let lines: Vec<String> = log.lines().map(str::to_owned).collect();
    let Transcript { session, subscription, messages, .. } = Transcript::of(Client::Paho, &lines);
    [session, subscription, messages]
}
