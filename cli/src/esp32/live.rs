use std::io::{IsTerminal, Write};

/// Lines on a terminal that are drawn again in their place; nothing on a pipe.
pub(crate) struct Live {
    shown: bool,
    lines: usize,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self { shown: std::io::stderr().is_terminal(), lines: 0 }
    }

    pub(crate) fn is_shown(&self) -> bool {
        self.shown
    }

    pub(crate) fn show(&mut self, lines: &[String]) {
        if self.shown {
            let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
            self.write(&text);
            self.lines = lines.len();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.show(&[]);
    }

    /// In the place of what was written last.
    fn write(&self, text: &str) {
        let up = if self.lines > 0 { format!("\x1b[{}A", self.lines) } else { String::new() };
        // A terminal that cannot be written to shows nothing.
        let _ = write!(std::io::stderr(), "{up}\r\x1b[J{text}");
        let _ = std::io::stderr().flush();
    }
}
