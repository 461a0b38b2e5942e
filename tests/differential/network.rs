//! A network namespace for one test.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;

/// Set in the process that runs inside.
const INSIDE: &str = "DIFFERENTIAL_INSIDE";

/// Runs `body` in a network and a PID namespace of its own, with nothing but a loopback interface: the test of this
/// name is started once more in there. `test` is the path of the calling test, such as `config::v2_0`.
///
/// Everything that is started inside ends with it. An ordinary user gets a user namespace too.
pub(crate) fn isolated(test: &str, body: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return body();
    }
    let status = Command::new("unshare")
        .args(["--map-root-user", "--net", "--pid", "--fork", "--kill-child", "--"])
        .args(["sh", "-c", "ip link set lo up && exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads", "1"])
        .env(INSIDE, "1")
        .status()
        .expect("unshare, of util-linux");
    assert_eq!(status.signal(), None, "{test} was killed in its network");
    assert!(status.success(), "{test} failed in its network: its output is above");
}
