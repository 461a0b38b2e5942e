//! The files that the cells of the permission matrix are about, each with its owner and mode, and their configurations.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use mosquitto_fixtures::broker::start::{Placement, Role, Start};
use mosquitto_fixtures::deployment::Ownership;
use mosquitto_fixtures::pki::{Authority, Password, PasswordFile};
use tempfile::TempDir;

/// The files of some cells on this host, removed with it.
pub(crate) struct CellFiles<'a> {
    root: TempDir,
    cells: &'a [Start],
}

impl<'a> CellFiles<'a> {
    pub(crate) fn new(cells: &'a [Start]) -> Self {
        let root = tempfile::tempdir().unwrap();
        let server = Authority::new().unwrap();
        let key = server.issue(&["localhost"]).unwrap();
        let mut passwords = PasswordFile::default();
        passwords.set("backend", &Password::random()).unwrap();
        let good = root.path().join("good");
        fs::create_dir(&good).unwrap();
        for (name, content) in [
            (file_name(Role::TrustAnchor), server.certificate_pem().into()),
            (file_name(Role::Certificate), key.certificate_pem().into()),
            (file_name(Role::Key), key.key_pem().into()),
            (file_name(Role::PasswordFile), passwords.to_bytes()),
            (file_name(Role::AclFile), b"topic readwrite #\n".to_vec()),
        ] {
            fs::write(good.join(name), content).unwrap();
        }
        let files = Self { root, cells };
        for (index, cell) in cells.iter().enumerate() {
            files.write(index, cell);
        }
        open_to_all(&good);
        files
    }

    /// The subject of a cell, and a configuration that names it.
    fn write(&self, index: usize, cell: &Start) {
        let (folder, file) = (self.folder(index), self.subject(index));
        fs::create_dir_all(&folder).unwrap();
        let good = self.root.path().join("good");
        let inside = in_container(index, cell);
        let config = config(cell, &inside);
        if cell.role == Role::Config {
            fs::write(&file, config).unwrap();
        } else {
            fs::write(good.join(format!("{index}.conf")), config).unwrap();
        }
        if cell.link {
            symlink(file.file_name().unwrap(), folder.join("link")).unwrap();
        }
        if ![Role::DataFolder, Role::LogFolder, Role::Config].contains(&cell.role) {
            fs::copy(good.join(file_name(cell.role)), &file).unwrap();
        }
        give(&file, &cell.ownership);
        if file != folder {
            give(&folder, &cell.folder);
        }
    }

    /// Everything that is as it should be.
    pub(crate) fn good_volume(&self) -> String {
        format!("--volume={}:/good:ro", self.root.path().join("good").display())
    }

    /// How the container gets it; a copy comes another way.
    pub(crate) fn volume(&self, index: usize) -> Option<String> {
        let cell = &self.cells[index];
        let inside = folder_in_container(index, cell);
        let file = self.subject(index);
        let name = file.file_name().unwrap().to_string_lossy();
        let folder = self.folder(index);
        match cell.mount {
            Placement::File => Some(format!("--volume={}:{inside}/{name}:ro", file.display())),
            Placement::Folder => Some(format!("--volume={}:{inside}:ro", folder.display())),
            Placement::WritableFile => Some(format!("--volume={}:{inside}/{name}", file.display())),
            Placement::WritableFolder => Some(format!("--volume={}:{inside}", folder.display())),
            Placement::Copy => None,
        }
    }

    /// The folder that it lies in.
    fn folder(&self, index: usize) -> PathBuf {
        let cell = &self.cells[index];
        let above =
            if cell.mount == Placement::Copy { self.copies(cell) } else { self.root.path().to_owned() };
        above.join(index.to_string())
    }

    /// What is copied into the container of one image and user, at once.
    pub(crate) fn copies(&self, cell: &Start) -> PathBuf {
        self.root.path().join(format!("{:?} {}", cell.line, cell.user.as_deref().unwrap_or_default()))
    }

    /// The file or folder of a cell.
    pub(crate) fn subject(&self, index: usize) -> PathBuf {
        match self.cells[index].role {
            Role::DataFolder | Role::LogFolder => self.folder(index),
            role => self.folder(index).join(file_name(role)),
        }
    }

    /// The configuration that names it.
    pub(crate) fn config_in_container(&self, index: usize) -> String {
        match &self.cells[index] {
            cell if cell.role == Role::Config => in_container(index, cell),
            _ => format!("/good/{index}.conf"),
        }
    }
}

fn file_name(role: Role) -> &'static str {
    match role {
        Role::Config => "mosquitto.conf",
        Role::Certificate => "server.crt",
        Role::TrustAnchor => "ca.crt",
        Role::Key => "server.key",
        Role::PasswordFile => "passwd",
        Role::AclFile => "acl",
        Role::DataFolder => "data",
        Role::LogFolder => "log",
    }
}

fn folder_in_container(index: usize, cell: &Start) -> String {
    // The entrypoint of 2.1 takes this folder over, and no other.
    let above = if cell.role == Role::DataFolder { "/mosquitto/data" } else { "/mosquitto" };
    format!("{above}/{index}")
}

/// What the configuration names.
fn in_container(index: usize, cell: &Start) -> String {
    let folder = folder_in_container(index, cell);
    match cell.role {
        Role::DataFolder | Role::LogFolder => folder,
        _ if cell.link => format!("{folder}/link"),
        role => format!("{folder}/{}", file_name(role)),
    }
}

fn config(cell: &Start, path: &str) -> String {
    let tls = |role, option| {
        let name = file_name(role);
        let path = if cell.role == role { path.to_owned() } else { format!("/good/{name}") };
        format!("{option} {path}\n")
    };
    let subject = match cell.role {
        Role::Key | Role::Certificate | Role::TrustAnchor => {
            [tls(Role::TrustAnchor, "cafile"), tls(Role::Certificate, "certfile"), tls(Role::Key, "keyfile")]
                .concat()
        }
        Role::PasswordFile => format!("password_file {path}\n"),
        Role::AclFile => format!("acl_file {path}\n"),
        Role::DataFolder => format!("persistence true\npersistence_location {path}/\n"),
        Role::LogFolder => format!("log_dest file {path}/mosquitto.log\n"),
        Role::Config => String::new(),
    };
    format!("listener 1883\nlog_dest stderr\nallow_anonymous true\n{subject}")
}

fn give(path: &Path, ownership: &Ownership) {
    let here = Ownership::of(path).unwrap();
    if (here.uid, here.gid) != (ownership.uid, ownership.gid) {
        chown(path, Some(ownership.uid), Some(ownership.gid)).unwrap();
    }
    fs::set_permissions(path, Permissions::from_mode(ownership.mode)).unwrap();
    if let Some(list) = &ownership.access_list {
        list.set(File::open(path).unwrap()).unwrap();
    }
}

/// Whatever the umask.
fn open_to_all(folder: &Path) {
    fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        fs::set_permissions(entry.unwrap().path(), Permissions::from_mode(0o644)).unwrap();
    }
}
