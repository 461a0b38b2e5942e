//! The image that MOSQUITTO_IMAGE names.

use rstest::rstest;

use crate::engine::mosquitto_fixtures;
use crate::verify::deployment;

#[rstest]
#[case::verify(&["verify", "--profile", "dev", "--deployment"])]
#[case::up(&["up", "--deployment"])]
#[case::esp32(&["esp32", "--deployment"])]
fn one_that_does_not_exist_is_named_with_its_variable(
    #[case] arguments: &[&str],
    #[values("mosquitto-fixtures/no-such-image:1", "No Name")] image: &str,
) {
    let folder = deployment();
    let mut command = mosquitto_fixtures();
    let output = command.args(arguments).arg(folder.path()).env("MOSQUITTO_IMAGE", image).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert_eq!((error.lines().count(), output.stdout.len()), (1, 0), "{error}");
    let beginning = format!(
        "mosquitto-fixtures: image {image}, which MOSQUITTO_IMAGE names, is not on this machine and cannot be pulled ("
    );
    assert!(error.starts_with(&beginning), "{error}");
    assert!(error.contains("`docker images`") && !error.contains("make image"), "{error}");
}
