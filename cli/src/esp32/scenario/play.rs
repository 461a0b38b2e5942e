use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use esp32_sim::firmware::Firmware;
use esp32_sim::scenario::{Action, Outcome, PlayError, Scenario, Stage};
use mosquitto_fixtures::foreign::{self, Kind};
use mosquitto_fixtures::pki::{self, Authority};

use super::super::one_line::one_line;
use super::super::options::Options;
use super::super::target::Target;
use super::super::{Error, firmware};
use super::figures::Figures;
use super::links::OneEach;

/// Plays a file, and says what came of it. Ends early, with what there is by then, when `stop` does.
pub(super) async fn play(
    file: &Path,
    options: &Options,
    stop: impl Future<Output = ()>,
) -> Result<(Figures, Outcome), crate::error::Error> {
    // Before a broker is started for it.
    let scenario = read(file)?;
    let refused = |error| match error {
        PlayError::Limits(limits) => Error::from(limits),
        error => Error::Scenario { path: file.to_owned(), cause: error.to_string() },
    };
    scenario.fits(options.seed, options.duration).map_err(refused)?;
    let firmware = firmware_of(&scenario, file)?;

    let ids: Vec<String> =
        (0..scenario.devices).map(|number| format!("{}{number}", options.id_prefix)).collect();
    let target = Target::of(options, &ids).await?;
    let stage = stage(&scenario, options, &target, ids).await?;
    let stage = firmware.into_iter().fold(stage, Stage::firmware);
    let begun = Instant::now();
    let play = stage.start(&scenario, options.seed).map_err(refused)?;
    let mut stopped = false;
    let stop = async {
        stop.await;
        stopped = true;
    };
    let outcome = play.outcome(stop).await.map_err(refused)?;
    let figures = Figures::of(&scenario, &target, begun.elapsed(), &outcome, stopped);
    Ok((figures, outcome))
}

async fn stage(
    scenario: &Scenario,
    options: &Options,
    target: &Target,
    ids: Vec<String>,
) -> Result<Stage, Error> {
    let broker = target.broker();
    let identities = target.identities(&ids);
    let mut stage = Stage::new(broker.clone())
        .identities(move |device| identities[device].clone())
        .telemetry(options.interval, options.qos());
    if let Some(duration) = options.duration {
        stage = stage.lasting(duration);
    }
    if scenario.steps.iter().any(|step| matches!(step.action, Action::Certificate { .. })) {
        let authority = Authority::new()?;
        stage = stage.certificates(move |device| {
            let issued = authority.issue(&[&ids[device]])?;
            Ok::<_, pki::Error>((issued.certificate_pem(), issued.key_pem()))
        });
    }
    if scenario.changes_links() {
        let links = OneEach::to(target.located().await?, scenario.devices).await?;
        stage = stage.links(Arc::new(links));
    }
    Ok(stage)
}

fn read(file: &Path) -> Result<Scenario, Error> {
    let path = || file.to_owned();
    let text = foreign::read_text(file, Kind::Scenario)?;
    let scenario = Scenario::from_toml(&text);
    scenario.map_err(|error| Error::Scenario { path: path(), cause: one_line(&error) })
}

/// Under the names that the scenario has for it: built-in ones, and of files beside its own.
fn firmware_of(scenario: &Scenario, file: &Path) -> Result<Vec<Firmware>, Error> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let named = scenario.firmware.iter().map(|share| &share.name);
    named.map(|name| Ok(Firmware { name: name.clone(), ..firmware::read(name, folder)? })).collect()
}
