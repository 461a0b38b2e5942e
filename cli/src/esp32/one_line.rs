/// Without the picture of the line that a TOML error draws.
pub(crate) fn one_line(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let drawn = |line: &&str| {
        line.trim_start_matches([' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']).starts_with('|')
    };
    text.lines().filter(|line| !drawn(line)).collect::<Vec<_>>().join(": ")
}
