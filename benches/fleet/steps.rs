use std::io::Write;

use tokio::sync::Semaphore;

use super::{CONNECTING, MESSAGES};

/// What a process has reached. After each it waits for its parent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Ready,
    Connected,
    Acknowledged,
}

impl Step {
    pub(crate) fn reached(self) {
        println!("{self:?}");
        std::io::stdout().flush().expect("a parent that listens");
        std::io::stdin().read_line(&mut String::new()).expect("a parent that speaks");
    }
}

/// One permit for each device that may begin to connect, that has, and for each message that was acknowledged.
pub(crate) struct Counted {
    room: Semaphore,
    connected: Semaphore,
    acknowledged: Semaphore,
}

impl Counted {
    pub(crate) fn nothing() -> Self {
        let [connected, acknowledged] = [Semaphore::new(0), Semaphore::new(0)];
        Self { room: Semaphore::new(CONNECTING), connected, acknowledged }
    }

    /// Waits until one more may connect.
    pub(crate) async fn room(&self) {
        self.room.acquire().await.expect("open").forget();
    }

    pub(crate) fn connected(&self) {
        self.connected.add_permits(1);
        self.room.add_permits(1);
    }

    pub(crate) fn acknowledged(&self) {
        self.acknowledged.add_permits(1);
    }

    pub(crate) async fn all_connected(&self, devices: usize) {
        let devices = u32::try_from(devices).expect("a number of devices");
        self.connected.acquire_many(devices).await.expect("open").forget();
    }

    pub(crate) async fn all_acknowledged(&self, devices: usize) {
        let devices = u32::try_from(devices).expect("a number of devices");
        self.acknowledged.acquire_many(devices * MESSAGES).await.expect("open").forget();
    }
}
