use std::io::IsTerminal;
use std::os::fd::AsFd;

use rustix::termios::tcgetwinsize;

/// How many columns and rows a terminal has. One that does not say counts as 80 and 24.
pub(crate) fn size(output: impl AsFd + IsTerminal) -> Option<(usize, usize)> {
    let size = output.is_terminal().then(|| tcgetwinsize(&output).ok())?;
    let or = |number: Option<u16>, default| number.filter(|number| *number > 0).unwrap_or(default).into();
    Some((or(size.map(|size| size.ws_col), 80), or(size.map(|size| size.ws_row), 24)))
}

/// Text that goes on at column `at` of its line, broken at its blanks so that no line is longer than `width`; every further line starts
/// at column `indent`. A word that is too long keeps a line for itself. Without a width nothing is broken.
pub(crate) fn flow(text: &str, at: usize, indent: usize, width: Option<usize>) -> String {
    let Some(width) = width else { return text.to_owned() };
    let mut flowed = String::new();
    let mut column = at;
    for (number, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        let blank = usize::from(number > 0);
        if column + blank + length > width && column > indent {
            flowed.push('\n');
            flowed.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else {
            flowed.extend(std::iter::repeat_n(' ', blank));
            column += blank;
        }
        flowed.push_str(word);
        column += length;
    }
    flowed
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::flow;

    #[rstest]
    #[case::fits("one two", 0, 2, Some(7), "one two")]
    #[case::one_column_too_few("one two", 0, 2, Some(6), "one\n  two")]
    #[case::behind_a_name("one two", 4, 4, Some(7), "one\n    two")]
    #[case::first_word_does_not_fit("one two", 6, 2, Some(9), "one\n  two")]
    #[case::nor_at_all("one two", 8, 2, Some(9), "\n  one two")]
    #[case::unbreakable("a/long/path b", 2, 2, Some(6), "a/long/path\n  b")]
    #[case::no_terminal("one two", 0, 2, None, "one two")]
    #[case::blanks_are_kept("one   two", 0, 2, Some(80), "one   two")]
    #[case::letters_not_bytes("äöü äöü", 0, 2, Some(7), "äöü äöü")]
    fn lines_are_no_longer_than_the_terminal_is_wide(
        #[case] text: &str,
        #[case] at: usize,
        #[case] indent: usize,
        #[case] width: Option<usize>,
        #[case] expected: &str,
    ) {
        assert_eq!(flow(text, at, indent, width), expected);
    }
}
