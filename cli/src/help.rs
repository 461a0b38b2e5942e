//! What stands below the options of each command, and the same for shells and `man`.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::CommandFactory;

use crate::error::Error;
use crate::{Arguments, EXIT_STATUS, EXIT_STATUS_WITHOUT_VERDICT};

/// Examples, and the exit statuses that can occur.
macro_rules! after_help {
    ($($name:ident: $statuses:ident, $examples:literal;)*) => {
        $(pub(crate) const $name: &str = const_format::concatcp!("Examples:\n", $examples, "\n\n", $statuses);)*
    };
}

after_help! {
    CERTS: EXIT_STATUS_WITHOUT_VERDICT, "  mosquitto-fixtures certs --host broker.example --days 90
  mosquitto-fixtures certs --force                     # a new set, with the same users";
    INIT: EXIT_STATUS_WITHOUT_VERDICT, "  mosquitto-fixtures init --deployment deploy/mqtt";
    VERIFY: EXIT_STATUS, "  mosquitto-fixtures verify --deployment deploy/mqtt
  mosquitto-fixtures verify --contract site.toml        # instead of broker-contract.toml
  mosquitto-fixtures verify --profile prod --clause 'tls.*' --quiet
  mosquitto-fixtures verify --format junit > verify.xml";
    UP: EXIT_STATUS_WITHOUT_VERDICT, "  mosquitto-fixtures up
  mosquitto-fixtures up -- pytest tests                # the status is pytest's
  mosquitto-fixtures up --user fern --user backend:secret --acl acl --port 1883
  mosquitto-fixtures up --detach --for 2h --format env > broker.env
  mosquitto-fixtures up --deployment deploy/mqtt --format json";
    DOWN: EXIT_STATUS_WITHOUT_VERDICT, "  mosquitto-fixtures down 3f1c9a0b7d52
  mosquitto-fixtures down --all";
    USER: EXIT_STATUS_WITHOUT_VERDICT, "  mosquitto-fixtures user add fern --deployment deploy/mqtt
  mosquitto-fixtures user add fern > fern.password     # its password alone";
    ESP32: EXIT_STATUS, "  mosquitto-fixtures esp32 --devices 1000 --report fleet.html
  mosquitto-fixtures esp32 --broker mqtts://broker.example --ca ca.crt --firmware idf-5.1 --firmware hardened=3
  mosquitto-fixtures esp32 --scenario outage.toml --seed 7";
    SHELL: EXIT_STATUS_WITHOUT_VERDICT, "  mosquitto-fixtures completions bash > ~/.local/share/bash-completion/completions/mosquitto-fixtures
  mosquitto-fixtures man > ~/.local/share/man/man1/mosquitto-fixtures.1";
}

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// Which shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

pub(crate) fn completions(arguments: &Completions) -> Result<ExitCode, Error> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "mosquitto-fixtures", &mut script);
    print(&script)
}

pub(crate) fn man() -> Result<ExitCode, Error> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
    sections(&Arguments::command(), "mosquitto-fixtures", &mut page)?;
    print(&page)
}

/// Those of every command below this one.
fn sections(of: &clap::Command, name: &str, page: &mut Vec<u8>) -> io::Result<()> {
    for command in of.get_subcommands() {
        let title = format!("{name} {}", command.get_name());
        let man = clap_mangen::Man::new(command.clone().display_name(&title));
        man.render_synopsis_section(page)?;
        man.render_description_section(page)?;
        man.render_options_section(page)?;
        sections(command, &title, page)?;
    }
    Ok(())
}

fn print(bytes: &[u8]) -> Result<ExitCode, Error> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
