use std::process::Command;

use mosquitto_fixtures::broker::Line;

/// The image of a line that this machine has.
pub(super) fn image(line: Line) -> String {
    let line = match line {
        Line::V2_0 => "2.0",
        Line::V2_1 => "2.1",
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/mosquitto/image/name");
    let output = Command::new(script).arg(line).env_remove("MOSQUITTO_IMAGE").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
