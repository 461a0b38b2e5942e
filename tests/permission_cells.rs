//! The cells of the permission matrix: each is the start of one broker. `tests/it` measures them on the real broker,
//! `tests/offline` holds the tables of docs/operations.md to what is predicted of them.

use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::broker::start::{Placement, Role, Start};
use mosquitto_fixtures::deployment::{AccessList, Ownership, Reader};

/// Every mount.
pub(crate) const MOUNTS: [Placement; 5] =
    [Placement::File, Placement::Folder, Placement::WritableFile, Placement::WritableFolder, Placement::Copy];

/// An ordinary user of the host.
pub(crate) const ORDINARY: Reader = Reader { uid: 1000, gid: 1000 };

const ROOT: Reader = Reader { uid: 0, gid: 0 };
const BROKER: Reader = Reader::MOSQUITTO;

/// The containers' users: the image's own, root by number, the broker's, an ordinary one.
pub(crate) fn users(ordinary: Reader) -> [Option<String>; 4] {
    let by_number = |Reader { uid, gid }: Reader| Some(format!("{uid}:{gid}"));
    [None, by_number(ROOT), by_number(BROKER), by_number(ordinary)]
}

fn of(owner: Reader, mode: u32) -> Ownership {
    Ownership::new(owner.uid, owner.gid, mode)
}

/// This user's alone, and the broker's by an access list.
fn listed(ordinary: Reader) -> Ownership {
    Ownership { access_list: Some(AccessList::readable_by(&[BROKER.uid])), ..of(ordinary, 0o640) }
}

/// What a file or folder may be like, for each role and mount.
fn ownerships(role: Role, mount: Placement, ordinary: Reader) -> Vec<Ownership> {
    let file = mount == Placement::File;
    let alone = |mode| [ROOT, BROKER, ordinary].map(|owner| of(owner, mode)).to_vec();
    match role {
        Role::Key => {
            let groups = [Ownership::new(0, BROKER.gid, 0o640), of(ROOT, 0o644), of(ordinary, 0o644)];
            // `docker cp` takes owner and mode along, but no access list.
            let listed = (mount != Placement::Copy).then(|| listed(ordinary));
            [alone(0o600), groups.to_vec(), vec![of(BROKER, 0o400)], Vec::from_iter(listed)].concat()
        }
        Role::Certificate | Role::TrustAnchor if file => [alone(0o600), vec![of(ROOT, 0o644)]].concat(),
        Role::Config if file => [alone(0o400), vec![of(ROOT, 0o644), listed(ordinary)]].concat(),
        Role::AclFile if file => [alone(0o600), vec![of(ROOT, 0o644), of(ordinary, 0o644)]].concat(),
        Role::PasswordFile if file => {
            let (uid, gid) = (BROKER.uid, ordinary.gid);
            let groups = [Ownership::new(ordinary.uid, BROKER.gid, 0o440), Ownership::new(uid, gid, 0o440)];
            let others = [of(ROOT, 0o644), of(BROKER, 0o401), of(ordinary, 0o644), listed(ordinary)];
            [alone(0o600), groups.to_vec(), others.to_vec()].concat()
        }
        Role::PasswordFile if mount == Placement::WritableFile => vec![of(ROOT, 0o600), of(ROOT, 0o644)],
        Role::DataFolder | Role::LogFolder if mount == Placement::Folder => vec![of(BROKER, 0o700)],
        Role::DataFolder | Role::LogFolder if mount == Placement::WritableFolder => {
            [alone(0o700), vec![of(ROOT, 0o777)]].concat()
        }
        _ => Vec::new(),
    }
}

/// Every cell. Without root's rights, only those can be measured whose files are `ordinary`'s.
pub(crate) fn cells(ordinary: Reader) -> Vec<Start> {
    const ROLES: [Role; 8] = [
        Role::Key,
        Role::Certificate,
        Role::TrustAnchor,
        Role::PasswordFile,
        Role::AclFile,
        Role::Config,
        Role::DataFolder,
        Role::LogFolder,
    ];
    let open = of(ordinary, 0o755);
    let mut files = Vec::new();
    for role in ROLES {
        for mount in MOUNTS {
            let ownerships = ownerships(role, mount, ordinary);
            files.extend(ownerships.into_iter().map(|file| (role, mount, file, open.clone(), false)));
        }
    }
    for folder in [of(ROOT, 0o700), of(BROKER, 0o700), of(ordinary, 0o700), of(ROOT, 0o711)] {
        for mount in [Placement::Folder, Placement::WritableFolder] {
            files.push((Role::Key, mount, of(ordinary, 0o644), folder.clone(), false));
        }
    }
    for role in [Role::PasswordFile, Role::AclFile, Role::Key] {
        for owner in [BROKER, ordinary] {
            files.push((role, Placement::Folder, of(owner, 0o400), open.clone(), true));
        }
    }
    let mut cells = Vec::new();
    for line in Line::ALL {
        for user in users(ordinary) {
            // Root by number differs in nothing from root by default: the key shows it.
            let by_number = user.as_deref() == Some("0:0");
            let shown =
                |role, mount| role == Role::Key && matches!(mount, Placement::File | Placement::WritableFile);
            for (role, mount, ownership, folder, link) in files.iter().cloned() {
                if !by_number || shown(role, mount) {
                    cells.push(Start { line, user: user.clone(), role, mount, ownership, folder, link });
                }
            }
        }
    }
    cells
}
