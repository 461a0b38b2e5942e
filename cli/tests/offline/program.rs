//! The program: what it is called with, and what it says.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Output};

/// A call in a folder of its own, in an environment where no Docker engine can be reached.
pub(crate) struct Program {
    folder: tempfile::TempDir,
    command: Command,
}

/// A contract with an account that needs its password, and one for everybody else.
pub(crate) const ACCOUNT: &str = "[[accounts]]\nname = \"backend\"\npassword-variable = \"MQTT_BACKEND_PASSWORD\"\n\
                                  publish = [\"site/#\"]\nreceive = [\"site/#\"]\n\
                                  [[accounts]]\nname = \"%u\"\npublish = [\"site/%u/#\"]\n";

/// What a call came to.
pub(crate) struct Outcome {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    pub(crate) fn new(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_mosquitto-fixtures"));
        command.args(arguments).current_dir(folder.path()).env_clear();
        command.env("HOME", folder.path()).env("DOCKER_HOST", "unix:///nonexistent.sock");
        Self { folder, command }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// With more arguments.
    pub(crate) fn arguments(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    /// With one more variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Says it there.
    pub(crate) fn stdout(mut self, file: File) -> Self {
        self.command.stdout(file);
        self
    }

    /// Says there how far it is, and what is wrong.
    pub(crate) fn stderr(mut self, file: File) -> Self {
        self.command.stderr(file);
        self
    }

    /// With a file in its folder.
    pub(crate) fn file(self, path: &str, content: &str) -> Self {
        let path = self.folder().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// With an account whose password is in MQTT_BACKEND_PASSWORD.
    pub(crate) fn account(self) -> Self {
        self.file("broker-contract.toml", ACCOUNT)
    }

    /// With an empty folder in its folder.
    pub(crate) fn subfolder(self, path: &str) -> Self {
        std::fs::create_dir_all(self.folder().join(path)).unwrap();
        self
    }

    /// With a configuration.
    pub(crate) fn config(self, text: &str) -> Self {
        self.file("mosquitto/mosquitto.conf", text)
    }

    /// Fails unless the command takes all these options. One that does not exist comes last: by then the others have been
    /// accepted, and nothing is done. What stands behind `--` is another command's.
    #[track_caller]
    pub(crate) fn assert_accepted(words: &[&str]) {
        let own = words.iter().position(|word| *word == "--").unwrap_or(words.len());
        let mut program = Self::new(&words[..own]).arguments(&["--no-such-option"]).arguments(&words[own..]);
        let Outcome { stderr, .. } = program.run();
        assert!(stderr.contains("unexpected argument '--no-such-option'"), "{words:?}: {stderr}");
    }

    pub(crate) fn run(&mut self) -> Outcome {
        let Output { status, stdout, stderr } = self.command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Outcome { status: status.code(), stdout: text(stdout), stderr: text(stderr) }
    }

    /// Its one line of complaint, after its own name: it must end with status 2 and say nothing else.
    #[track_caller]
    pub(crate) fn complaint(&mut self) -> String {
        let Outcome { status, stdout, stderr } = self.run();
        assert_eq!(status, Some(2), "{stderr}");
        assert_eq!(stdout, "");
        let line = stderr.strip_suffix('\n').unwrap_or_else(|| panic!("{stderr}"));
        assert!(!line.contains('\n'), "{stderr}");
        let raw = ["panicked", "os error", "\u{1b}"].iter().any(|word| line.contains(word));
        assert!(!raw && line.chars().count() <= 240, "{stderr}");
        line.strip_prefix("mosquitto-fixtures: ").unwrap_or_else(|| panic!("{stderr}")).to_owned()
    }
}
