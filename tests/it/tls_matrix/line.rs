use std::process::Command;

/// The lines of Mosquitto that are alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    V2_0,
    V2_1,
}

impl Line {
    /// The image that this machine has.
    pub(super) fn image(self) -> String {
        let line = match self {
            Self::V2_0 => "2.0",
            Self::V2_1 => "2.1",
        };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/mosquitto/image/name");
        let output = Command::new(script).arg(line).env_remove("MOSQUITTO_IMAGE").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}
