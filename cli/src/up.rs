mod child;
mod end;
mod say;
mod setting;
mod user;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use mosquitto_fixtures::broker::Broker;
use mosquitto_fixtures::client::Transport;
use mosquitto_fixtures::deployment::{self, Deployment};
use mosquitto_fixtures::foreign::{self, Kind};
use mosquitto_fixtures::pki::Password;

use self::end::End;
use self::say::Format;
use self::setting::Setting;
use self::user::User;
use crate::error::Error;
use crate::time;

/// Start an isolated broker on ports of 127.0.0.1, for any test suite
///
/// Without --deployment it has listeners for MQTT, MQTT over TLS and MQTT over WebSocket, and a user `backend` with a
/// random password. Every user may do everything, unless --acl says otherwise. Its ports stay when its container is
/// restarted.
///
/// With a COMMAND, that finds the broker in its environment (as --format env says it), the broker ends with it, and the
/// exit status is the command's: 128 and the signal's number when a signal ended it. SIGTERM goes on to the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Run the configuration of this deployment
    #[arg(long, value_name = "DIR")]
    deployment: Option<PathBuf>,
    /// A user instead of `backend`; with --deployment, beside those of its password file. Can be given several times: the
    /// first is MQTT_BACKEND_USER, and MQTT_PASSWORD_NAME has the password of each, a random one where none is given. One
    /// that is given can be read by every user of this machine (`ps`)
    #[arg(long = "user", value_name = "NAME[:PASSWORD]")]
    users: Vec<User>,
    /// The ACL file of the broker
    #[arg(long, value_name = "FILE", conflicts_with = "deployment")]
    acl: Option<PathBuf>,
    /// One more line of its mosquitto.conf, as in 'max_inflight_messages 1'; can be given several times
    #[arg(long = "option", value_name = "KEY VALUE", conflicts_with = "deployment")]
    options: Vec<Setting>,
    /// Port of the listener for MQTT [default: a free one]
    #[arg(long, value_name = "PORT", allow_negative_numbers = true)]
    port: Option<u16>,
    /// Port of the listener for MQTT over TLS [default: a free one]
    #[arg(long, value_name = "PORT", allow_negative_numbers = true)]
    tls_port: Option<u16>,
    /// Port of the listener for MQTT over WebSocket [default: a free one]
    #[arg(long, value_name = "PORT", allow_negative_numbers = true)]
    ws_port: Option<u16>,
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

    /// Those that were asked for, else this one.
    fn users_or(
        &self,
        default: impl FnOnce() -> Result<(String, Password), deployment::Error>,
    ) -> Result<Vec<User>, Error> {
        if !self.users.is_empty() {
            return Ok(self.users.clone());
        }
        let (name, password) = default()?;
        Ok(vec![User { name, password }])
    }

    /// The ports that were asked for.
    fn ports(&self) -> impl Iterator<Item = (Transport, u16)> {
        let ports = [
            (Transport::Tcp, self.port),
            (Transport::Tls, self.tls_port),
            (Transport::WebSocket, self.ws_port),
        ];
        ports.into_iter().filter_map(|(transport, port)| Some((transport, port?)))
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
    User::check(&arguments.users)?;
    let Some(folder) = &arguments.deployment else {
        let mut builder = Broker::builder().plain().tls().websocket();
        for User { name, password } in
            arguments.users_or(|| Ok(("backend".to_owned(), Password::random())))?
        {
            builder = builder.user(name, password);
        }
        for Setting { key, value } in &arguments.options {
            builder = builder.option(key, value);
        }
        if let Some(file) = &arguments.acl {
            builder = builder.acl(foreign::read_text(file, Kind::Acl).map_err(deployment::Error::from)?);
        }
        for (transport, port) in arguments.ports() {
            builder = builder.host_port(transport, port);
        }
        if let Some(time) = arguments.detached_for() {
            builder = builder.detached_for(time);
        }
        return Ok(builder.start().await?);
    };
    let deployment = Deployment::open(folder)?;
    if !arguments.users.is_empty() {
        deployment.password_file()?;
    }
    let mut builder = Broker::deployment(&deployment);
    let own = || {
        let password = deployment.environment()?.value("MQTT_BACKEND_PASSWORD");
        Ok((deployment.backend_user()?, password.unwrap_or_else(Password::random)))
    };
    for User { name, password } in arguments.users_or(own)? {
        builder = builder.user(name, password);
    }
    if !deployment.has_certificates() {
        builder = builder.throwaway_certificates();
    }
    for (transport, port) in arguments.ports() {
        builder = builder.host_port(transport, port);
    }
    if let Some(time) = arguments.detached_for() {
        builder = builder.detached_for(time);
    }
    Ok(builder.start().await?)
}
