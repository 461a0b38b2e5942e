use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::sleep_until;

use super::application::{Application, Command};
use super::order::{Order, Orders};
use super::probe::{Phase, Probe};
use super::setup::Setup;
use super::transport::{Opened, Read, Transport, ready};
use crate::client::{Action, Client, Event, TransportError};
use crate::mqtt::{Filter, PacketId};

/// A device with power.
pub struct Device<A, P: ?Sized> {
    setup: Arc<Setup>,
    client: Client,
    application: A,
    probe: Arc<P>,
    index: usize,
    powered_on: Instant,
    transport: Option<Transport>,
    /// The client asked for a connection.
    connect: bool,
    connect_sent: Duration,
    /// Messages that are not acknowledged, the oldest first, and when they were handed to the client.
    unacknowledged: VecDeque<(PacketId, Duration)>,
    commands: Vec<Command>,
}

impl<A: Application, P: Probe + ?Sized> Device<A, P> {
    /// Powered on now. `index` is what `probe` knows it by.
    pub fn new(setup: Arc<Setup>, client: Client, application: A, probe: Arc<P>, index: usize) -> Self {
        Self {
            setup,
            client,
            application,
            probe,
            index,
            powered_on: Instant::now(),
            transport: None,
            connect: false,
            connect_sent: Duration::ZERO,
            unacknowledged: VecDeque::new(),
            commands: Vec::new(),
        }
    }

    /// Starts the client, and goes on until the power is cut or the client is stopped. Gives back the application.
    pub async fn run(mut self, orders: &mut Orders) -> A {
        self.client.start(self.now());
        loop {
            self.settle();
            if std::mem::take(&mut self.connect) {
                let setup = Arc::clone(&self.setup);
                // Boxed, so that a connected device does not carry its handshake along.
                let mut opening = Box::pin(Transport::open(&setup));
                // The task is busy connecting: what the application calls meanwhile does not begin it anew.
                let opened = loop {
                    tokio::select! {
                        biased;
                        order = orders.next() => if self.obey(order) {
                            return self.application;
                        },
                        opened = &mut opening => break opened,
                    }
                };
                drop(opening);
                self.opened(opened);
                continue;
            }
            let blocked = !self.client.outbound().is_empty()
                || self.transport.as_mut().is_some_and(Transport::is_blocked);
            let wake = self.client.wake_at().into_iter().chain(self.application.wake_at()).min();
            tokio::select! {
                biased;
                order = orders.next() => if self.obey(order) {
                    return self.application;
                },
                () = ready(self.transport.as_ref().map(Transport::stream), blocked) => self.read(),
                () = wake_up(self.powered_on, wake) => {}
            }
            let now = self.now();
            if self.application.wake_at().is_some_and(|wake| wake <= now) {
                self.application.on_wake(now, &mut self.commands);
                self.carry_out();
            }
        }
    }

    fn now(&self) -> Duration {
        self.powered_on.elapsed()
    }

    fn opened(&mut self, opened: Result<(Transport, Opened), TransportError>) {
        let now = self.now();
        match opened {
            Ok((transport, took)) => {
                self.probe.phase(self.index, Phase::Tcp, took.tcp);
                if let Some(tls) = took.tls {
                    self.probe.phase(self.index, Phase::Tls, tls);
                }
                self.transport = Some(transport);
                self.connect_sent = now;
                self.client.transport_connected(now);
            }
            Err(error) => self.client.transport_failed(now, error),
        }
    }

    fn read(&mut self) {
        let Some(transport) = &mut self.transport else { return };
        let mut plaintext = Vec::new();
        let read = transport.read(&mut plaintext);
        if !plaintext.is_empty() {
            self.client.receive(self.powered_on.elapsed(), &plaintext);
            self.settle();
        }
        match read {
            Read::Bytes | Read::Nothing => {}
            Read::PollFailed => self.client.transport_poll_failed(self.now()),
            Read::Closed(error) => self.client.transport_closed(self.now(), error),
        }
    }

    /// Carries out what the client wants, until it wants nothing.
    fn settle(&mut self) {
        loop {
            self.write();
            let now = self.now();
            match self.client.poll(now) {
                None => break,
                Some(Action::Close) => self.transport = None,
                Some(Action::Connect) => self.connect = true,
                Some(Action::Event(event)) => {
                    match event {
                        Event::Connected { .. } => {
                            self.probe.phase(
                                self.index,
                                Phase::ConnAck,
                                now.saturating_sub(self.connect_sent),
                            );
                        }
                        Event::Published(id) => {
                            let sent = self.unacknowledged.iter().position(|(sent, _)| *sent == id);
                            if let Some(sent) = sent.and_then(|sent| self.unacknowledged.remove(sent)) {
                                self.probe.phase(self.index, Phase::PubAck, now.saturating_sub(sent.1));
                            }
                        }
                        _ => {}
                    }
                    self.probe.event(self.index, &event);
                    self.application.on_event(now, &event, &mut self.commands);
                }
            }
            self.carry_out();
        }
        if self.unacknowledged.is_empty() && self.unacknowledged.capacity() > 0 {
            self.unacknowledged = VecDeque::new();
        }
    }

    fn write(&mut self) {
        let Some(transport) = &mut self.transport else { return };
        let now = self.powered_on.elapsed();
        match transport.write(self.client.outbound()) {
            Ok(0) => {}
            Ok(length) => self.client.sent(now, length),
            Err(error) => self.client.transport_closed(now, error),
        }
    }

    fn carry_out(&mut self) {
        let now = self.now();
        for command in std::mem::take(&mut self.commands) {
            // What is turned down is lost, as it is on the chip when a firmware does not look at what it gets back.
            match command {
                Command::Disconnect => self.client.disconnect(),
                Command::Publish { topic, payload, qos, retain } => {
                    if let Ok(id) = self.client.publish(now, &topic, &payload, qos, retain) {
                        self.probe.published(self.index);
                        if id != 0 {
                            self.forget_expired(now);
                            self.unacknowledged.push_back((id, now));
                        }
                    }
                }
                Command::Reconnect => self.client.reconnect(),
                Command::Subscribe { filter, qos } => {
                    let _ = self.client.subscribe(now, &[Filter { topic: &filter, qos }]);
                }
                Command::Unsubscribe { filter } => {
                    let _ = self.client.unsubscribe(now, &filter);
                }
            }
        }
    }

    /// A message stays in the outbox for one lifetime until it is sent, and for another until it is acknowledged. What
    /// is older is not there any more.
    fn forget_expired(&mut self, now: Duration) {
        let longest = 2 * self.setup.config().kconfig.outbox_expired_timeout;
        let is_forgotten = |(_, handed_over): &(_, Duration)| now.saturating_sub(*handed_over) > longest;
        while self.unacknowledged.front().is_some_and(is_forgotten) {
            self.unacknowledged.pop_front();
        }
    }

    /// Whether the device is at its end.
    fn obey(&mut self, order: Order) -> bool {
        match order {
            Order::Command(command) => {
                self.commands.push(command);
                self.carry_out();
                false
            }
            Order::None => false,
            Order::PowerCut => {
                if let Some(transport) = self.transport.take() {
                    transport.reset();
                }
                true
            }
            Order::Stop => {
                self.client.stop(self.now());
                self.settle();
                true
            }
        }
    }
}

async fn wake_up(powered_on: Instant, wake: Option<Duration>) {
    match wake {
        Some(wake) => sleep_until((powered_on + wake).into()).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::Device;
    use crate::client::{Client, Config, Event};
    use crate::device::{Application, Command, Setup};
    use crate::tls::Profile;

    struct Idle;

    impl Application for Idle {
        fn on_event(&mut self, _: Duration, _: &Event<'_>, _: &mut Vec<Command>) {}
    }

    #[test]
    fn messages_that_can_no_longer_be_acknowledged_are_forgotten() {
        let setup = Arc::new(Setup::new(Config::default(), &Profile::default(), Setup::host_clock()));
        let client = Client::new(Arc::clone(setup.config()), [0; 6], 1);
        let mut device = Device::new(setup, client, Idle, Arc::new(()), 0);
        device.unacknowledged.push_back((1, Duration::ZERO));
        device.forget_expired(Duration::from_secs(60));
        assert_eq!(device.unacknowledged.len(), 1);
        device.forget_expired(Duration::from_secs(61));
        assert_eq!(device.unacknowledged.len(), 0);
    }
}
