use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The name server of a device, which can be lost and found again while the device runs. Its clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct Dns(Arc<AtomicBool>);

impl Dns {
    /// No name is found any more, nor an address, as if the broker had a name. Connections stay.
    pub fn lose(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Names are found again.
    pub fn restore(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    pub(super) fn is_lost(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
