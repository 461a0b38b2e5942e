mod child;
mod end;
mod say;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use mosquitto_fixtures::broker::Broker;
use mosquitto_fixtures::deployment::Deployment;
use mosquitto_fixtures::pki::Password;

use self::end::End;
use self::say::Format;
use crate::error::Error;
use crate::time;

/// Start an isolated broker on free ports of 127.0.0.1, for any test suite
///
/// Without --deployment it has listeners for MQTT, MQTT over TLS and MQTT over WebSocket, and a user with a random
/// password who may do everything.
///
/// With a COMMAND, that finds the broker in its environment (as --format env says it), the broker ends with it, and the
/// exit status is the command's: 128 and the signal's number when a signal ended it. SIGTERM goes on to the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Run the configuration of this deployment
    #[arg(long, value_name = "DIR")]
    deployment: Option<PathBuf>,
    /// How to say where it is
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "command")]
    format: Format,
    /// Return at once; `down` ends the broker
    #[arg(long, conflicts_with_all = ["command", "until_eof"])]
    detach: bool,
    /// How long a detached broker stays when no `down` ends it, at most 7d: after that, the next start or `down --all`
    /// removes it
    #[arg(long = "for", value_name = "TIME", value_parser = time::duration, default_value = "24h", requires = "detach")]
    stay: Duration,
    /// End when standard input does, as it does when the process dies that holds its other end
    #[arg(long)]
    until_eof: bool,
    /// Run this command on the broker
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Arguments {
    fn detached_for(&self) -> Option<Duration> {
        self.detach.then_some(self.stay)
    }
}

pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode, Error> {
    if arguments.command.is_empty() && std::env::args_os().any(|word| word == "--") {
        // Of `-- $COMMAND`, whose broker would wait for a Ctrl-C.
        return Err(Error::NoCommand);
    }
    let broker = start(arguments).await?;
    // Whoever reads what follows may send a signal at once.
    let mut end = End::new(arguments.until_eof)?;
    if !arguments.command.is_empty() {
        return Ok(child::run(&broker, &arguments.command, end).await?.into());
    }
    say::say(&broker, arguments.format, arguments.detached_for())?;
    if arguments.detach {
        broker.leave();
    } else {
        end.next().await;
    }
    Ok(ExitCode::SUCCESS)
}

async fn start(arguments: &Arguments) -> Result<Broker, Error> {
    let Some(folder) = &arguments.deployment else {
        let mut builder = Broker::builder().plain().tls().websocket().user("backend", Password::random());
        if let Some(time) = arguments.detached_for() {
            builder = builder.detached_for(time);
        }
        return Ok(builder.start().await?);
    };
    let deployment = Deployment::open(folder)?;
    let known = deployment.environment()?.value("MQTT_BACKEND_PASSWORD");
    let password = known.unwrap_or_else(Password::random);
    let mut builder = Broker::deployment(&deployment).user(deployment.backend_user()?, password);
    if !deployment.has_certificates() {
        builder = builder.throwaway_certificates();
    }
    if let Some(time) = arguments.detached_for() {
        builder = builder.detached_for(time);
    }
    Ok(builder.start().await?)
}
