//! What a start comes to by owner, mode and mount of one file, container user and broker line: predicted by the library,
//! measured on the real broker.

use std::fs;
use std::os::unix::fs::MetadataExt;

use mosquitto_fixtures::deployment::{Outcome, Ownership, Reader, Start, Warning};

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
            runs(&measured.log) && measured.code == 0 && said == warnings
        }
        Outcome::Exits { code, says: line } => !runs(&measured.log) && measured.code == code && says(line),
    };
    outcome && cell.afterwards().as_ref() == Some(&measured.after)
}

#[test]
fn every_cell_is_as_predicted() {
    let cells = possible();
    assert!(!cells.is_empty());
    assert_predicted(&cells, &Measurement::new(&cells).together());
}

/// The first cell of each outcome on each line, in a container of its own.
#[test]
fn a_broker_that_is_its_containers_own_process_comes_to_the_same() {
    let mut witnesses: Vec<Start> = Vec::new();
    for cell in possible() {
        let kind =
            |cell: &Start| (cell.line, cell.outcome(), cell.afterwards().as_ref() != Some(&cell.ownership));
        // Without a log it does not say that it runs.
        let silent = cell.outcome() == Some(Outcome::Runs(vec![Warning::NoLog]));
        if !silent && !witnesses.iter().any(|witness| kind(witness) == kind(&cell)) {
            witnesses.push(cell);
        }
    }
    assert_predicted(&witnesses, &Measurement::new(&witnesses).alone());
}
