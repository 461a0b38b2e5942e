use std::sync::{Arc, Mutex};
use std::time::Duration;

use esp32_sim::client::{Data, Event};
use esp32_sim::device::{Application, Command, WallClock};
use esp32_sim::mqtt::QoS;
use esp32_sim::plantops::{Acknowledgement, Sensor, Telemetry};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
/// A midnight.
const TODAY: Duration = Duration::from_secs(20_000 * 86_400);

/// A sensor, and a clock that the test turns.
struct Rig {
    sensor: Sensor,
    now: Arc<Mutex<Duration>>,
    commands: Vec<Command>,
}

impl Rig {
    fn new(seed: u64) -> Self {
        let mut clock = WallClock::new(0);
        clock.sntp_step(Duration::ZERO, TODAY);
        let now = Arc::new(Mutex::new(Duration::ZERO));
        let read = Arc::clone(&now);
        let time = Arc::new(move || clock.time(*read.lock().unwrap()));
        let sensor = Sensor::new("fern", MINUTE, QoS::AtMostOnce, time, seed);
        Self { sensor, now, commands: Vec::new() }
    }

    fn connected(seed: u64) -> Self {
        let mut rig = Self::new(seed);
        rig.event(&Event::Connected { session_present: false });
        rig.commands.clear();
        rig
    }

    fn now(&self) -> Duration {
        *self.now.lock().unwrap()
    }

    fn event(&mut self, event: &Event<'_>) {
        let now = self.now();
        self.sensor.on_event(now, event, &mut self.commands);
    }

    /// The clock goes on to `until`, and the sensor's timers with it.
    fn run(&mut self, until: Duration) {
        while let Some(wake) = self.sensor.wake_at().filter(|wake| *wake <= until) {
            *self.now.lock().unwrap() = wake;
            self.sensor.on_wake(wake, &mut self.commands);
        }
        *self.now.lock().unwrap() = until;
    }

    fn telemetry(&self) -> Vec<Telemetry> {
        self.published("plantops/fern/telemetry")
    }

    fn published<T: serde::de::DeserializeOwned>(&self, wanted: &str) -> Vec<T> {
        let payloads = self.commands.iter().filter_map(|command| match command {
            Command::Publish { topic, payload, .. } if topic == wanted => Some(payload),
            _ => None,
        });
        payloads.map(|payload| serde_json::from_slice(payload).unwrap()).collect()
    }

    /// A command arrives in parts of `part` bytes. What is answered.
    fn command(&mut self, name: &str, message: &[u8], part: usize) -> Vec<Acknowledgement> {
        self.commands.clear();
        let topic = format!("plantops/fern/commands/{name}");
        let parts: Vec<&[u8]> =
            if message.is_empty() { vec![message] } else { message.chunks(part).collect() };
        let mut offset = 0;
        for data in parts {
            let topic = if offset == 0 { topic.as_str() } else { "" };
            self.event(&Event::Data(part_of(topic, data, message.len(), offset)));
            offset += data.len();
        }
        self.published("plantops/fern/status/ack")
    }
}

fn part_of<'a>(topic: &'a str, data: &'a [u8], total: usize, offset: usize) -> Data<'a> {
    let qos = QoS::AtLeastOnce;
    Data { topic, data, total, offset, id: 1, qos, retain: false, dup: false }
}

#[test]
fn once_connected_it_is_online_and_listens() {
    let mut rig = Rig::new(1);
    rig.event(&Event::Connected { session_present: false });
    let online = Command::Publish {
        topic: "plantops/fern/status".into(),
        payload: b"online".to_vec(),
        qos: QoS::AtLeastOnce,
        retain: true,
    };
    let listen = Command::Subscribe { filter: "plantops/fern/commands/#".into(), qos: QoS::AtLeastOnce };
    assert_eq!(rig.commands, [online, listen]);
}

#[test]
fn its_last_will_is_offline_where_online_stood() {
    let will = Sensor::last_will("fern");
    assert_eq!((will.topic.as_str(), will.msg.as_slice()), ("plantops/fern/status", b"offline".as_slice()));
    assert!(will.retain);
}

#[test]
fn telemetry_comes_on_its_cadence_and_is_numbered_without_a_gap() {
    let mut rig = Rig::connected(1);
    rig.run(HOUR);
    let telemetry = rig.telemetry();
    assert_eq!(telemetry.len(), 60);
    for (number, pair) in telemetry.windows(2).enumerate() {
        assert_eq!(pair[0].sequence as usize, number);
        assert_eq!(pair[1].time_us - pair[0].time_us, 60_000_000);
    }
}

#[test]
fn without_a_connection_nothing_is_measured_and_numbers_go_on_after_it() {
    let mut rig = Rig::connected(1);
    rig.run(10 * MINUTE);
    rig.event(&Event::Disconnected);
    assert_eq!(rig.sensor.wake_at(), None);
    rig.event(&Event::Connected { session_present: false });
    rig.run(20 * MINUTE);
    let numbers: Vec<u32> = rig.telemetry().iter().map(|telemetry| telemetry.sequence).collect();
    assert_eq!(numbers, (0..20).collect::<Vec<_>>());
}

#[test]
fn the_sun_and_the_warmth_follow_the_time_of_day_and_the_battery_drains() {
    let mut rig = Rig::connected(1);
    rig.run(24 * HOUR);
    let day = rig.telemetry();
    // One measurement a minute, the first of them within the first minute.
    let (night, noon, afternoon) = (day[60], day[12 * 60], day[15 * 60]);
    assert_eq!(night.light, 0.0);
    assert!(noon.light > 10_000.0, "{noon:?}");
    assert!(afternoon.temperature > night.temperature + 5.0, "{afternoon:?} {night:?}");
    assert!(day.last().unwrap().battery < day[0].battery);
}

#[test]
fn the_soil_dries_until_it_is_watered() {
    let mut rig = Rig::connected(1);
    rig.run(24 * HOUR);
    let day = rig.telemetry();
    assert!(day.windows(2).all(|pair| pair[1].soil_moisture <= pair[0].soil_moisture));
    assert!(day.last().unwrap().soil_moisture < day[0].soil_moisture);

    assert!(rig.command("water", b"", 1)[0].done);
    rig.commands.clear();
    rig.run(24 * HOUR + MINUTE);
    assert_eq!(rig.telemetry()[0].soil_moisture, 85.0);
}

#[test]
fn an_image_in_parts_is_acknowledged_once_with_its_digest() {
    // SHA-256 of "abc" (FIPS 180-4, example B.1).
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let mut rig = Rig::connected(1);
    for part in 1..=3 {
        let expected =
            Acknowledgement { command: "ota".into(), done: true, bytes: 3, sha256: Some(digest.into()) };
        assert_eq!(rig.command("ota", b"abc", part), [expected], "in parts of {part}");
    }
}

#[test]
fn an_image_that_the_connection_cut_short_is_not_acknowledged() {
    let mut rig = Rig::connected(1);
    rig.event(&Event::Data(part_of("plantops/fern/commands/ota", b"ab", 3, 0)));
    rig.event(&Event::Disconnected);
    rig.event(&Event::Connected { session_present: false });
    rig.event(&Event::Data(part_of("", b"c", 3, 2)));
    assert_eq!(rig.published::<Acknowledgement>("plantops/fern/status/ack"), []);
}

#[test]
fn a_command_that_cannot_be_obeyed_is_acknowledged_as_not_done() {
    let mut rig = Rig::connected(1);
    for (name, message, done) in [
        ("ping", b"".as_slice(), true),
        ("cadence", b"30", true),
        ("cadence", b"0", false),
        ("cadence", b"soon", false),
        ("dance", b"", false),
    ] {
        let acknowledged = rig.command(name, message, 1);
        assert_eq!(acknowledged.iter().map(|ack| ack.done).collect::<Vec<_>>(), [done], "{name}");
    }
}

#[test]
fn a_command_for_another_device_is_passed_over() {
    let mut rig = Rig::connected(1);
    for topic in ["plantops/fern2/commands/ping", "plantops/moss/commands/ping", "plantops/fern/status"] {
        rig.event(&Event::Data(part_of(topic, b"", 0, 0)));
        assert_eq!(rig.commands, [], "{topic}");
    }
}

#[test]
fn the_same_seed_measures_the_same() {
    let day = |seed| {
        let mut rig = Rig::connected(seed);
        rig.run(24 * HOUR);
        rig.commands
    };
    assert_eq!(day(1), day(1));
    assert_ne!(day(1), day(2));
}
