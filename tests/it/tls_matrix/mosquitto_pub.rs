use super::broker::Broker;

/// It looks for the name that it connects to, so it runs beside the broker, which is localhost there.
const SCRIPT: &str = r#"
while [ $# -gt 0 ]; do
    timeout 10 mosquitto_pub -h localhost -p "$2" --cafile "$1.ca" -t matrix -m met >/dev/null 2>&1
    echo "$1 $?"
    shift 2
done"#;

/// Whether Mosquitto's own client gets through, for each chain and its port. The two agree on TLS 1.3.
pub(super) fn gets_through(broker: &Broker, listeners: &[(&str, u16)]) -> Vec<bool> {
    let ports: Vec<String> = listeners.iter().map(|(_, port)| port.to_string()).collect();
    let arguments = listeners.iter().zip(&ports).flat_map(|((id, _), port)| [*id, port.as_str()]);
    let command: Vec<&str> = ["sh", "-c", SCRIPT, "sh"].into_iter().chain(arguments).collect();
    let output = broker.run(&command);
    let said = String::from_utf8(output.stdout).unwrap();
    let verdict = |(line, (id, _)): (&str, &(&str, u16))| {
        let (met, code) = line.split_once(' ').unwrap();
        assert_eq!(met, *id);
        // What it says of a handshake that failed is a matter of when the connection ends.
        match code {
            "0" => true,
            "1" | "8" | "14" => false,
            code => panic!("{id}: mosquitto_pub ended with {code}"),
        }
    };
    let verdicts: Vec<bool> = said.lines().zip(listeners).map(verdict).collect();
    assert_eq!(verdicts.len(), listeners.len(), "{}", String::from_utf8_lossy(&output.stderr));
    verdicts
}
