use esp32_sim::device::{KeyPair, ResetReason};
use esp32_sim::scenario::{Action, Fate};
use mosquitto_fixtures::broker::{Broker, Line};
use mosquitto_fixtures::deployment::Deployment;
use mosquitto_fixtures::pki::Password;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair as Key, KeyUsagePurpose,
};
use rstest::rstest;

use super::bench::SENSOR;
use super::stage::{boots, since_boot, stage, start, until};
use crate::deployment_copy::DeploymentCopy;

/// A fatal alert.
const REFUSED: &str = "(esp_err 0x801A, Mbed TLS -0x7780)";

/// Who makes the devices' certificates, and its own.
fn devices() -> (CertifiedIssuer<'static, Key>, String) {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "devices");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let issuer = CertifiedIssuer::self_signed(params, Key::generate().unwrap()).unwrap();
    let pem = issuer.pem();
    (issuer, pem)
}

fn issue(issuer: &CertifiedIssuer<'static, Key>) -> Result<(String, String), rcgen::Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, SENSOR);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let key = Key::generate()?;
    Ok((params.signed_by(&key, issuer)?.pem(), key.serialize_pem()))
}

/// A broker that lets in who shows a certificate of the devices' authority.
async fn mutual(line: Line, devices: &str) -> (Broker, DeploymentCopy) {
    let copy = DeploymentCopy::new()
        .config("require_certificate false", "require_certificate true")
        .certificates(&["localhost", "127.0.0.1"]);
    let anchors = std::fs::read_to_string(copy.path("certs/ca.crt")).unwrap() + devices;
    let copy = copy.overwrite("certs/ca.crt", &anchors);
    let deployment = Deployment::open(copy.root()).unwrap();
    let builder = Broker::deployment(&deployment).line(line).user("backend", Password::random());
    (builder.user(SENSOR, Password::random()).start().await.unwrap(), copy)
}

/// Neither waiting nor starting anew mends it: only both entries, written again, and read at a boot.
#[rstest]
#[tokio::test]
async fn certificate_of_another_key_is_refused_until_both_are_written_again(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let (issuer, anchor) = devices();
    let (broker, _copy) = mutual(line, &anchor).await;
    let stage = stage(&broker, "idf-5.5").certificates(move |_| issue(&issuer));
    let play = start(&stage, "idf-5.5");
    until(&play, |fate| fate.is_connected).await;
    play.act(0, Action::Certificate { cut_after: Some(1) }).unwrap();
    let refused = |fate: &Fate| {
        since_boot(fate).iter().filter(|event| event.contains(REFUSED)).count() >= 2 && fate.connects == 1
    };
    let torn = |fate: &Fate| fate.key_pair == KeyPair::Mismatched && refused(fate);
    until(&play, |fate| boots(fate, ResetReason::PowerOn) == 2 && torn(fate)).await;
    play.act(0, Action::Reset).unwrap();
    until(&play, |fate| boots(fate, ResetReason::Software) == 1 && torn(fate)).await;
    broker.wait_for_log("bad signature").await.unwrap();

    // Until it boots, the firmware has the old pair.
    play.act(0, Action::Certificate { cut_after: None }).unwrap();
    until(&play, |fate| fate.key_pair == KeyPair::Matching).await;
    play.act(0, Action::Reset).unwrap();
    let fate = until(&play, |fate| fate.is_connected).await;
    assert_eq!((fate.connects, boots(&fate, ResetReason::Software)), (2, 2), "{}", fate.trace);
}
