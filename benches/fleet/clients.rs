use esp32_sim::fleet::allow_files;
use tokio::runtime::Builder;

use super::target::Target;
use super::{plantops, rumqttc, simulator};

/// What a process is full of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clients {
    /// A fleet as the command line has it.
    PlantOps,
    Rumqttc,
    Simulator,
}

impl Clients {
    const ALL: [Self; 3] = [Self::PlantOps, Self::Rumqttc, Self::Simulator];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PlantOps => "plantops",
            Self::Rumqttc => "rumqttc",
            Self::Simulator => "simulator",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|clients| clients.name() == name)
    }

    /// What such a process does.
    pub(crate) fn run(self, target: &Target) {
        allow_files(target.devices).expect("a file descriptor for each");
        let runtime = Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            match self {
                Self::PlantOps => plantops::run(target).await,
                Self::Rumqttc => rumqttc::run(target).await,
                Self::Simulator => simulator::run(target).await,
            }
        });
    }
}
