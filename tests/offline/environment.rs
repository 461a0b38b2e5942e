//! Variables of the process and of `.env`, as Compose reads them.

use mosquitto_fixtures::deployment::Environment;
use rstest::rstest;

use crate::compose::compose;
use crate::project::Project;

/// A name that no process has.
const NAME: &str = "OFFLINE_SUITE_VALUE";

fn value(project: &Project, name: &str) -> Option<String> {
    let environment = Environment::read(project.root()).unwrap();
    environment.value(name).map(|value| value.reveal().to_owned())
}

/// What stands behind a name, and its value.
pub(crate) const LINES: [(&str, &str); 45] = [
    ("=secret", "secret"),
    ("=a=b==", "a=b=="),
    (" = secret ", "secret"),
    (": secret", "secret"),
    ("=secret\r", "secret"),
    ("=<&>é{}", "<&>é{}"),
    // Quotes.
    ("=\"a b\"", "a b"),
    ("='a b'", "a b"),
    ("=' a '", " a "),
    ("='a\"b'", "a\"b"),
    ("=\"a'b\"", "a'b"),
    ("=\"a\\\"b\"", "a\"b"),
    ("='a\\'b'", "a'b"),
    ("=a\"b\"", "a\"b\""),
    ("=\"a\nb\"", "a\nb"),
    // Comments.
    ("=secret # of the backend", "secret"),
    ("=\"a b\" # of the backend", "a b"),
    ("='a # b'", "a # b"),
    ("=a#b", "a#b"),
    ("=a\t# b", "a\t# b"),
    ("=# a", "# a"),
    // Escapes.
    ("=\"a\\nb\"", "a\nb"),
    ("='a\\nb'", "a\\nb"),
    ("=a\\nb", "a\\nb"),
    ("=\"a\\tb\"", "a\tb"),
    ("=\"a\\\\b\"", "a\\b"),
    ("='a\\\\b'", "a\\\\b"),
    ("=\"\\0101\\07\\0999\"", "A\\7\\999"),
    ("=\"a\\cb\\xc\"", "a\\cb\\xc"),
    // Variables.
    ("=$OFFLINE_0!", "secret!"),
    ("=\"$OFFLINE_0!\"", "secret!"),
    ("='$OFFLINE_0!'", "$OFFLINE_0!"),
    ("=a${OFFLINE_0}b", "asecretb"),
    ("=${OFFLINE_NONE:-a$OFFLINE_0}b", "asecretb"),
    ("=${OFFLINE_NONE-a}${OFFLINE_0-b}", "asecret"),
    ("=${OFFLINE_0:+a}${OFFLINE_NONE+b}", "a"),
    ("=${OFFLINE_NONE:-{}}", "{}"),
    ("=${OFFLINE_0:?is needed}", "secret"),
    ("=a$OFFLINE_NONE", "a"),
    ("=a$$b", "a$b"),
    ("=\"a\\$b\"", "a$b"),
    ("='a$$b'", "a$$b"),
    ("=a$", "a$"),
    ("=a$1", "a$1"),
    ("=a$$$OFFLINE_0", "a$secret"),
];

/// Both must read the same, or the password file is made with another password than the stack is given.
#[rstest]
#[case::plain("")]
#[case::for_a_shell("export ")]
fn dot_env_is_read_as_compose_reads_it(#[case] prefix: &str) {
    let project = Project::empty();
    let (mut dot_env, mut labels) = ("\u{feff}# OFFLINE_0=comment\n\nPATH\n".to_owned(), String::new());
    for (index, (line, _)) in LINES.iter().enumerate() {
        dot_env += &format!("{prefix}OFFLINE_{index}{line}\n");
        labels += &format!("l{index}: \"${{OFFLINE_{index}}}\", ");
    }
    project.write(".env", dot_env);
    project.write("compose.yml", format!("services: {{s: {{image: i, labels: {{{labels}}}}}}}"));
    let config = compose(project.root(), &[], &[]).unwrap();
    for (index, (line, expected)) in LINES.iter().enumerate() {
        let label = config["services"]["s"]["labels"][format!("l{index}")].as_str().unwrap();
        // Compose writes what it would read again.
        assert_eq!(label.replace("$$", "$"), *expected, "Compose: {line}");
        assert_eq!(value(&project, &format!("OFFLINE_{index}")).as_deref(), Some(*expected), "{line}");
    }
}

#[rstest]
#[case::quote_that_is_not_closed("A=b\nB=\"c\nC=d\n", 2, "a quote at its start and none at its end")]
#[case::blank_in_a_name("A B=c\n", 1, "a name has letters, digits")]
#[case::no_name("\n\nA=b\n*** secrets ***\n", 4, "a name has letters, digits")]
#[case::rest_behind_a_quote("A='b' c d\n", 1, "a name has letters, digits")]
#[case::no_variable("A=b${c", 1, "put the value in single quotes")]
#[case::no_name_of_a_variable("A=${}", 1, "put the value in single quotes")]
#[case::variable_that_must_be_set("A=${OFFLINE_NONE:?}", 1, "set it above this line")]
fn what_compose_refuses_is_refused_with_its_line(
    #[case] dot_env: &str,
    #[case] line: usize,
    #[case] cause: &str,
) {
    let project = Project::empty();
    project.write(".env", dot_env);
    project.write("compose.yml", "services: {s: {image: i}}");
    let error = Environment::read(project.root()).unwrap_err().to_string();
    assert!(error.starts_with(&project.named(&format!(".env:{line}: "))) && error.contains(cause), "{error}");
    assert!(compose(project.root(), &[], &[]).is_err());
}

/// Compose would fill the memory, or take very long.
#[rstest]
#[case::each_line_repeats_the_one_above(
    (0..40).fold("V0=0123456789\n".to_owned(), |text, line| text + &format!("V{}=$V{line}$V{line}\n", line + 1)),
    "longer than 4 MiB"
)]
#[case::one_value_repeats_another(format!("A={}\nB={}", "a".repeat(100_000), "$A".repeat(100_000)), "longer than 4 MiB")]
#[case::a_default_in_a_default("A=".to_owned() + &"${B:-".repeat(100_000) + &"}".repeat(100_000), "more than 32 deep")]
#[case::braces_alone("A=".to_owned() + &"${B:-{".repeat(100_000), "more than 32 deep")]
fn what_grows_out_of_bounds_is_refused_at_once(#[case] dot_env: String, #[case] cause: &str) {
    let project = Project::empty();
    project.write(".env", dot_env);
    let error = Environment::read(project.root()).unwrap_err().to_string();
    assert!(error.contains(cause), "{error:.200}");
}

#[test]
fn a_file_of_a_hundred_thousand_lines_is_read() {
    let project = Project::empty();
    project.write(".env", "A=b\n#\n".repeat(50_000) + NAME + "=${A}c\n");
    assert_eq!(value(&project, NAME).as_deref(), Some("bc"));
}

#[rstest]
#[case::no_file(None)]
#[case::empty_file(Some(""))]
#[case::no_value(Some("OFFLINE_SUITE_VALUE=\n"))]
#[case::empty_quotes(Some("OFFLINE_SUITE_VALUE=\"\"\n"))]
#[case::comment(Some("#OFFLINE_SUITE_VALUE=secret\n"))]
#[case::no_equals_sign(Some("OFFLINE_SUITE_VALUE\n"))]
#[case::another_name(Some("OFFLINE_SUITE_VALUES=secret\n"))]
fn empty_value_counts_as_missing(#[case] text: Option<&str>) {
    let project = Project::empty();
    if let Some(text) = text {
        project.write(".env", text);
    }
    assert_eq!(value(&project, NAME), None);
    let environment = Environment::read(project.root()).unwrap();
    let error = environment.password(NAME).unwrap_err().to_string();
    let file = project.named(".env");
    assert_eq!(
        error,
        format!("{NAME} is set neither in the environment nor in {file}: `make certs` makes one")
    );
}

#[test]
fn last_line_wins() {
    let project = Project::empty();
    project.write(".env", format!("{NAME}=one\n{NAME}=two\n"));
    assert_eq!(value(&project, NAME).as_deref(), Some("two"));
}

#[test]
fn process_goes_before_the_file() {
    let project = Project::empty();
    project.write(".env", "PATH=/of/the/file\n");
    assert_eq!(value(&project, "PATH"), std::env::var("PATH").ok());
}

#[test]
fn folder_in_its_place_is_named() {
    let project = Project::empty();
    project.make_folder(".env");
    let error = Environment::read(project.root()).unwrap_err().to_string();
    assert_eq!(
        error,
        project.named(
            ".env is a folder, a file belongs there: remove it (Docker makes one for a missing mount)"
        )
    );
}

/// A comment, or a variable of another program, may be in any encoding.
#[test]
fn only_a_variable_of_ours_must_be_utf8() {
    let project = Project::empty();
    project.write(".env", b"# G\xE4rtner\nOTHER=\xFF\nOFFLINE_SUITE_VALUE=secret\n");
    assert_eq!(value(&project, NAME).as_deref(), Some("secret"));
    project.write(".env", b"OTHER=\xFF\nexport MQTT_BACKEND_PASSWORD=g\xE4rtner\n");
    let error = Environment::read(project.root()).unwrap_err().to_string();
    assert_eq!(error, project.named(".env:2: MQTT_BACKEND_PASSWORD is not UTF-8: save the file as UTF-8"));
}

#[test]
fn debug_does_not_show_a_value() {
    let project = Project::empty();
    project.write(".env", format!("{NAME}=secret\n"));
    let shown = format!("{:?}", Environment::read(project.root()).unwrap());
    assert!(shown.contains(NAME) && !shown.contains("secret"), "{shown}");
}
