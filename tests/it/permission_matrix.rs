//! What a start comes to by owner, mode and mount of one file, container user and broker line: predicted by the library,
//! measured on the real broker.

use std::fs;
use std::os::unix::fs::MetadataExt;

use mosquitto_fixtures::broker::start::{Outcome, Role, Start, Warning};
use mosquitto_fixtures::deployment::{Ownership, Reader};

use crate::measurement::{Measured, Measurement, runs};
use crate::permission_cells::{ORDINARY, cells};

/// The cells whose files this user can make: root all of them, anybody else his own, if they stay his.
fn possible() -> Vec<Start> {
    let me = fs::metadata("/proc/self").unwrap();
    if me.uid() == 0 {
        return cells(ORDINARY);
    }
    let all = cells(Reader { uid: me.uid(), gid: me.gid() });
    let mine = |ownership: &Ownership| (ownership.uid, ownership.gid) == (me.uid(), me.gid());
    let count = all.len();
    let possible: Vec<Start> =
        all.into_iter().filter(|cell| mine(&cell.folder) && mine(&cell.afterwards().unwrap())).collect();
    eprintln!("{} of {count} cells are checked: only root can give files to other users", possible.len());
    possible
}

/// Fails with every cell that is another than predicted.
#[track_caller]
fn assert_predicted(cells: &[Start], measured: &[Measured]) {
    let wrong: Vec<String> = cells
        .iter()
        .zip(measured)
        .filter(|(cell, measured)| !agree(cell, measured))
        .map(|(cell, measured)| {
            format!("{cell:#?}\npredicted {:?}, then {:?}\n{measured:#?}", cell.outcome(), cell.afterwards())
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} cells:\n{}", wrong.len(), cells.len(), wrong.join("\n\n"));
}

fn agree(cell: &Start, measured: &Measured) -> bool {
    let says = |text: &str| measured.log.iter().any(|line| line.contains(text));
    let outcome = match cell.outcome().unwrap() {
        Outcome::Runs(warnings) => {
            let said: Vec<Warning> =
                Warning::ALL.into_iter().filter(|warning| says(warning.text())).collect();
            runs(&measured.log) && said == warnings
        }
        Outcome::Exits { code, says: line } => !runs(&measured.log) && measured.code == code && says(line),
    };
    outcome && cell.afterwards().as_ref() == Some(&measured.after)
}

#[test]
fn every_cell_is_as_predicted() {
    let cells = possible();
    assert!(!cells.is_empty());
    eprintln!("{} cells", cells.len());
    assert_predicted(&cells, &Measurement::new(&cells).together());
}

/// A cell of each exit code on each line, and of each way to run: with warnings or without, with the host's file taken
/// over or left. Without its log a broker does not say that it runs, so that one is left out.
#[test]
fn a_broker_that_is_its_containers_own_process_comes_to_the_same() {
    let kind = |cell: &Start| {
        let (warns, code) = match cell.outcome().unwrap() {
            Outcome::Runs(warnings) => (!warnings.is_empty(), 0),
            Outcome::Exits { code, .. } => (false, code),
        };
        (cell.line, warns, code, cell.afterwards().unwrap() != cell.ownership)
    };
    let mut witnesses: Vec<Start> = Vec::new();
    for cell in possible().into_iter().filter(|cell| cell.role != Role::LogFolder) {
        if witnesses.iter().all(|witness| kind(witness) != kind(&cell)) {
            witnesses.push(cell);
        }
    }
    eprintln!("{} witnesses", witnesses.len());
    assert_predicted(&witnesses, &Measurement::new(&witnesses).alone());
}
