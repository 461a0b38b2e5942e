use std::cell::Cell;
use std::io::{Write, stderr};

use crate::columns::{flow, size};

/// Lines on a terminal that are drawn again in their place; nothing on a pipe.
pub(crate) struct Live {
    shown: bool,
    rows: Cell<usize>,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self { shown: size(stderr()).is_some(), rows: 0.into() }
    }

    pub(crate) fn is_shown(&self) -> bool {
        self.shown
    }

    /// As many as there is room for: what has scrolled away cannot be drawn again.
    pub(crate) fn show(&self, lines: &[String]) {
        let Some((columns, rows)) = size(stderr()) else { return };
        let text = lines.iter().map(|line| format!("{}\n", flow(line, 0, INDENT, Some(columns))));
        let text = text.collect::<String>();
        let cut = |line: &str| line.chars().take(columns).collect::<String>() + "\n";
        let shown: Vec<String> = text.lines().take(rows.saturating_sub(1)).map(cut).collect();
        let up = self.rows.replace(shown.len());
        let up = if up > 0 { format!("\x1b[{up}A") } else { String::new() };
        // A terminal that cannot be written to shows nothing.
        let _ = write!(stderr(), "{up}\r\x1b[J{}", shown.concat());
        let _ = stderr().flush();
    }

    pub(crate) fn clear(&self) {
        self.show(&[]);
    }
}

/// Of what does not fit into one row.
const INDENT: usize = 12;
