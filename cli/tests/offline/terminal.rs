//! What is shown on a terminal, at any size.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::ffi::OsStrExt;

use rstest::rstest;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::program::Program;

/// A terminal, and the end of it that a program writes to.
fn terminal(columns: u16, rows: u16) -> (File, File) {
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&screen).unwrap();
    unlockpt(&screen).unwrap();
    let name = ptsname(&screen, Vec::new()).unwrap();
    let path = std::ffi::OsStr::from_bytes(name.as_bytes());
    let program = OpenOptions::new().read(true).write(true).open(path).unwrap();
    tcsetwinsize(&program, Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    (screen.into(), program)
}

/// All that is written to a terminal, until nobody has it open any more.
fn written(mut screen: File) -> String {
    let mut bytes = Vec::new();
    // It ends with an error of its own.
    let _ = screen.read_to_end(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

/// What a terminal shows of what is written to it, as xterm does: text goes on in the next row when one is full, and what leaves the
/// screen at its top is out of reach.
struct Screen {
    columns: usize,
    rows: usize,
    lines: Vec<Vec<char>>,
    row: usize,
    column: usize,
}

impl Screen {
    fn of(text: &str, columns: u16, rows: u16) -> Self {
        let (columns, rows) = (columns.into(), rows.into());
        let mut screen = Self { columns, rows, lines: vec![Vec::new()], row: 0, column: 0 };
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\r' => screen.column = 0,
                '\n' => screen.down(),
                '\x1b' => {
                    assert_eq!(letters.next(), Some('['));
                    let mut number = 0;
                    let control = letters.find(|letter| {
                        let digit = letter.to_digit(10);
                        number = digit.map_or(number, |digit| number * 10 + digit as usize);
                        digit.is_none()
                    });
                    screen.control(control.unwrap(), number);
                }
                letter => screen.put(letter),
            }
        }
        screen
    }

    fn down(&mut self) {
        self.row += 1;
        if self.row == self.lines.len() {
            self.lines.push(Vec::new());
        }
    }

    fn put(&mut self, letter: char) {
        if self.column == self.columns {
            self.column = 0;
            self.down();
        }
        let line = &mut self.lines[self.row];
        line.resize(line.len().max(self.column + 1), ' ');
        line[self.column] = letter;
        self.column += 1;
    }

    fn control(&mut self, letter: char, number: usize) {
        let top = self.lines.len().saturating_sub(self.rows);
        match letter {
            'A' => self.row = self.row.saturating_sub(number).max(top),
            'J' => {
                self.lines[self.row].truncate(self.column);
                self.lines.truncate(self.row + 1);
            }
            other => panic!("the terminal of this test does not know {other:?}"),
        }
    }

    fn text(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(|line| line.iter().collect()).collect();
        lines.join("\n")
    }
}

/// A broker that accepts connections and says nothing keeps the devices connecting.
fn esp32(columns: u16, rows: u16) -> String {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let broker = format!("mqtt://{}", silent.local_addr().unwrap());
    let (screen, terminal) = terminal(columns, rows);
    let shown = std::thread::spawn(|| written(screen));
    let mut program =
        Program::new(&["esp32", "--devices", "3", "--boot", "simultaneous", "--duration", "3s"])
            .arguments(&["--broker", &broker])
            .stderr(terminal);
    program.run();
    drop(program);
    shown.join().unwrap()
}

#[rstest]
#[case::narrow(40, 24)]
#[case::usual(80, 24)]
#[case::wide(120, 24)]
#[case::of_three_rows(80, 3)]
fn live_figures_leave_nothing_of_earlier_ones(#[case] columns: u16, #[case] rows: u16) {
    let written = esp32(columns, rows);
    assert!(written.matches("\x1b[J").count() > 2, "{written:?}");
    let (before_the_end, _) = written.rsplit_once("\x1b[").unwrap().0.rsplit_once("\x1b[").unwrap();
    let last = Screen::of(before_the_end, columns, rows).text();
    assert_eq!(last.matches(" s of 3 s on ").count(), 1, "{last}");
    assert_eq!(last.matches("3 connecting").count(), 1, "{last}");
    assert_eq!(Screen::of(&written, columns, rows).text(), "");
}

/// That the screen of these tests shows remains when there are some.
#[test]
fn lines_that_are_counted_as_one_row_each_leave_remains() {
    let drawn_again = format!("{0}\r\n\x1b[1A\r\x1b[J{0}\r\n", "1234567890");
    assert_eq!(Screen::of(&drawn_again, 10, 24).text(), "1234567890\n");
    assert_eq!(Screen::of(&drawn_again, 6, 24).text(), "123456\n123456\n7890\n");
}

#[rstest]
fn the_list_of_clauses_is_no_wider_than_the_terminal(#[values(40, 60, 80, 120)] columns: u16) {
    let (screen, terminal) = terminal(columns, 24);
    let shown = std::thread::spawn(|| written(screen));
    let mut program = Program::new(&["verify", "--list"]).stdout(terminal);
    assert_eq!(program.run().status, Some(0));
    drop(program);
    let text = shown.join().unwrap();
    assert!(text.contains("listeners.mqtt-answers"), "{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= columns.into(), "{line:?}");
    }
}
