use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use esp32_sim::mqtt::{Packet, Publish, QoS, Will};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

/// What the peer does wrong.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    /// The code of every CONNACK.
    pub(crate) connack: u8,
    /// The telemetry with this sequence number is acknowledged and goes no further.
    pub(crate) dropped: Option<u32>,
    /// The telemetry with this sequence number is delivered twice.
    pub(crate) doubled: Option<u32>,
}

/// How the connections ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) disconnect: usize,
    pub(crate) reset: usize,
    pub(crate) other: usize,
}

/// Who has subscribed, with its filters.
type Subscribers = Mutex<Vec<(Vec<String>, mpsc::UnboundedSender<Vec<u8>>)>>;

struct Shared {
    faults: Faults,
    subscribers: Subscribers,
    ends: watch::Sender<Ends>,
    addresses: Mutex<Vec<IpAddr>>,
    /// Who connected and what was subscribed, in order.
    log: Mutex<Vec<String>>,
    /// Packets that are not written yet.
    unwritten: AtomicUsize,
}

impl Shared {
    fn send(&self, to: &mpsc::UnboundedSender<Vec<u8>>, packet: Vec<u8>) {
        self.unwritten.fetch_add(1, Ordering::SeqCst);
        if to.send(packet).is_err() {
            self.unwritten.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// Enough of a broker: it answers, and routes publishes with QoS 0.
pub(crate) struct Peer {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

impl Peer {
    pub(crate) async fn start(faults: Faults) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let ends = watch::Sender::new(Ends::default());
        let shared = Arc::new(Shared {
            faults,
            subscribers: Mutex::default(),
            ends,
            addresses: Mutex::default(),
            log: Mutex::default(),
            unwritten: AtomicUsize::new(0),
        });
        let accepting = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, address)) = listener.accept().await {
                accepting.addresses.lock().unwrap().push(address.ip());
                tokio::spawn(serve(stream, Arc::clone(&accepting)));
            }
        });
        Self { port, shared }
    }

    /// Waits until so many connections have ended.
    pub(crate) async fn ended(&self, count: usize) -> Ends {
        let mut ends = self.shared.ends.subscribe();
        let all = ends.wait_for(|ends| ends.disconnect + ends.reset + ends.other >= count);
        *tokio::time::timeout(Duration::from_secs(30), all).await.expect("connections end").unwrap()
    }

    /// Where the connections came from.
    pub(crate) fn addresses(&self) -> Vec<IpAddr> {
        self.shared.addresses.lock().unwrap().clone()
    }

    /// Client identifiers and topic filters, as they came.
    pub(crate) fn log(&self) -> Vec<String> {
        self.shared.log.lock().unwrap().clone()
    }

    /// Waits until so many clients have subscribed, and every answer is written. A write into a connection that was
    /// reset would take the error from the read that looks for it.
    pub(crate) async fn quiet(&self, subscribers: usize) {
        let waiting = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(5));
            while self.shared.unwritten.load(Ordering::SeqCst) > 0
                || self.shared.subscribers.lock().unwrap().len() < subscribers
            {
                ticks.tick().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("it becomes quiet");
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let (mut reader, mut writer) = stream.into_split();
    let (sender, mut outbound) = mpsc::unbounded_channel::<Vec<u8>>();
    let writing = Arc::clone(&shared);
    tokio::spawn(async move {
        while let Some(bytes) = outbound.recv().await {
            let _ = writer.write_all(&bytes).await;
            writing.unwritten.fetch_sub(1, Ordering::SeqCst);
        }
    });
    let mut will = None;
    let end = converse(&mut reader, &shared, &sender, &mut will).await;
    if let (false, Some(will)) = (matches!(end, Ok(true)), will) {
        route(&shared, &will);
    }
    shared.ends.send_modify(|ends| match end {
        Ok(true) => ends.disconnect += 1,
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => ends.reset += 1,
        Ok(false) | Err(_) => ends.other += 1,
    });
}

/// Whether the end was a DISCONNECT.
async fn converse(
    reader: &mut OwnedReadHalf,
    shared: &Shared,
    sender: &mpsc::UnboundedSender<Vec<u8>>,
    will: &mut Option<Vec<u8>>,
) -> io::Result<bool> {
    let mut bytes = Vec::new();
    loop {
        while let Some((packet, length)) = Packet::decode(&bytes).unwrap() {
            let codes;
            let answer = match packet {
                Packet::Connect(connect) => {
                    shared.log.lock().unwrap().push(connect.client_id.to_owned());
                    *will = connect.will.map(|Will { topic, message, .. }| forwarded(topic, message));
                    Some(Packet::ConnAck { session_present: false, code: shared.faults.connack })
                }
                Packet::Publish(publish) => {
                    for _ in 0..copies(&shared.faults, &publish) {
                        route(shared, &forwarded(publish.topic, publish.payload));
                    }
                    (publish.qos == QoS::AtLeastOnce).then_some(Packet::PubAck(publish.id))
                }
                Packet::Subscribe { id, filters } => {
                    shared.log.lock().unwrap().extend(filters.iter().map(|filter| filter.topic.to_owned()));
                    codes = vec![0; filters.len()];
                    let filters: Vec<String> = filters.iter().map(|filter| filter.topic.to_owned()).collect();
                    shared.subscribers.lock().unwrap().push((filters, sender.clone()));
                    Some(Packet::SubAck { id, codes: &codes })
                }
                Packet::PingReq => Some(Packet::PingResp),
                Packet::Disconnect => return Ok(true),
                _ => None,
            };
            if let Some(answer) = answer {
                shared.send(sender, encoded(&answer));
            }
            bytes.drain(..length);
        }
        if reader.read_buf(&mut bytes).await? == 0 {
            return Ok(false);
        }
    }
}

/// How often a message is delivered.
fn copies(faults: &Faults, publish: &Publish<'_>) -> usize {
    if !publish.topic.ends_with("/telemetry") {
        return 1;
    }
    let telemetry: esp32_sim::plantops::Telemetry = serde_json::from_slice(publish.payload).unwrap();
    match Some(telemetry.sequence) {
        sequence if sequence == faults.dropped => 0,
        sequence if sequence == faults.doubled => 2,
        _ => 1,
    }
}

fn route(shared: &Shared, packet: &[u8]) {
    let Ok(Some((Packet::Publish(publish), _))) = Packet::decode(packet) else { return };
    for (filters, subscriber) in shared.subscribers.lock().unwrap().iter() {
        if filters.iter().any(|filter| matches(filter, publish.topic)) {
            shared.send(subscriber, packet.to_vec());
        }
    }
}

/// `+` alone: no filter of a test needs more.
fn matches(filter: &str, topic: &str) -> bool {
    filter.split('/').count() == topic.split('/').count()
        && filter.split('/').zip(topic.split('/')).all(|(wanted, level)| wanted == "+" || wanted == level)
}

fn forwarded(topic: &str, payload: &[u8]) -> Vec<u8> {
    encoded(&Packet::Publish(Publish {
        dup: false,
        qos: QoS::AtMostOnce,
        retain: false,
        topic,
        id: 0,
        payload,
    }))
}

fn encoded(packet: &Packet<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    packet.encode(&mut bytes).unwrap();
    bytes
}
