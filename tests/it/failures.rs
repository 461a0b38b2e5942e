//! What cannot run says so, with all that is needed to mend it, and leaves nothing behind.

use mosquitto_fixtures::broker::{Broker, Error, Image, Line};
use mosquitto_fixtures::deployment::Deployment;
use rstest::rstest;

use crate::deployment_copy::DeploymentCopy;

const NAMES: [&str; 1] = ["localhost"];

#[rstest]
#[case::unknown_option(3, "Unknown configuration variable", |copy: DeploymentCopy| {
    copy.config("persistence true", "persistance true")
})]
#[case::garbage_in_the_key(1, "Unable to load server key file", |copy: DeploymentCopy| {
    copy.overwrite("certs/server.key", "no key")
})]
#[case::garbage_in_the_certificate(1, "Unable to load server certificate", |copy: DeploymentCopy| {
    copy.overwrite("certs/server.crt", "no certificate")
})]
#[case::port_taken_twice(1, "Address already in use", |copy: DeploymentCopy| {
    copy.config("listener 9001\nprotocol websockets", "listener 1883")
})]
#[tokio::test]
async fn a_start_that_fails_shows_image_configuration_exit_code_and_log(
    #[case] code: i64,
    #[case] line: &str,
    #[case] break_it: fn(DeploymentCopy) -> DeploymentCopy,
    #[values(Line::V2_0, Line::V2_1)] broker_line: Line,
) {
    let copy = break_it(DeploymentCopy::new().certificates(&NAMES));
    let deployment = Deployment::open(copy.root()).unwrap();
    let error = Broker::deployment(&deployment).line(broker_line).start().await.unwrap_err();
    let Error::Died { image, config, exit_code, log } = &error else { panic!("{error}") };
    assert!(image.to_string().contains("mosquitto"), "{image}");
    assert!(config.contains("listener 8883"), "{config}");
    assert_eq!(*exit_code, Some(code));
    assert!(log.iter().any(|logged| logged.contains(line)), "{log:#?}");
    let text = error.to_string();
    assert!(text.contains(line) && text.contains("listener 8883"), "{text}");
}

#[tokio::test]
async fn an_image_that_does_not_exist_is_named() {
    let image = Image::new("mosquitto-fixtures/no-such-image:1");
    let error = Broker::builder().plain().image(image).start().await.unwrap_err();
    let text = error.to_string();
    let beginning = "image mosquitto-fixtures/no-such-image:1 is not on this machine and cannot be pulled (";
    assert!(text.starts_with(beginning) && text.ends_with("): name one that is"), "{text}");
}
