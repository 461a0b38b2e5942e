#!/bin/sh
# Publishes one message over plain TCP and one over TLS, as the backend: is the broker that runs here in order?
#
#   MQTT_BACKEND_USER       backend
#   MQTT_BACKEND_PASSWORD   none: `make certs` writes one to .env
#   MQTT_HOST               localhost
#   MQTT_PORT               1883
#   MQTT_TLS_PORT           8883
#   MQTT_CA_FILE            certs/ca.crt
#
# Each may be set in the environment or in .env, which Compose reads for this script. Port 0 is the one that the engine
# has chosen for the stack.
#
# Exit status: 0 both work; 1 one does not, and the broker's answer says why; 2 it could not be tried.
set -eu
cd -P "$(dirname "$0")/.."

cannot() {
	echo "test_mqtt_tls: $1" >&2
	exit 2
}
command -v mosquitto_pub >/dev/null || cannot 'mosquitto_pub is not installed (Debian and Ubuntu: apt-get install mosquitto-clients)'

# The shell and Compose both understand these. Compose gives them back as JSON, with each dollar sign doubled.
# shellcheck disable=SC2016 # expanded below
settings='${MQTT_BACKEND_USER:-backend}
${MQTT_BACKEND_PASSWORD:-}
${MQTT_HOST:-localhost}
${MQTT_PORT:-1883}
${MQTT_TLS_PORT:-8883}
${MQTT_CA_FILE:-certs/ca.crt}'
if [ -e .env ]; then
	probe="{name: probe, services: {probe: {image: probe, command: [$(echo "$settings" | sed 's/.*/"&",/')]}}}"
	model=$(echo "$probe" | scripts/compose --file - config --format json) || exit 2
	slash=$(printf '\001')
	values=$(printf '%s\n' "$model" | sed -n '/"command": \[/,/^ *\]/ s/^ *"\(.*\)",\{0,1\}$/\1/p' |
		sed 's/\\\\/'"$slash"'/g; s/\\"/"/g; s/\\t/	/g; s/\\u003c/</g; s/\\u003e/>/g; s/\\u0026/\&/g; s/\$\$/$/g')
	case $values in *\\*) cannot 'mosquitto_pub takes no line break and no control character: change the value in .env' ;; esac
	values=$(printf '%s\n' "$values" | tr "$slash" '\134')
else
	eval "values=\"$settings\""
fi
{
	IFS= read -r user && IFS= read -r password && IFS= read -r host &&
		IFS= read -r port && IFS= read -r tls_port && IFS= read -r ca
} <<EOF
$values
EOF
[ -n "$password" ] || cannot 'MQTT_BACKEND_PASSWORD is not set, and .env has none: run make certs'
[ -r "$ca" ] || cannot "$ca cannot be read: set MQTT_CA_FILE, or run make certs"
published() { scripts/compose port mosquitto "$1" || cannot 'the stack does not run: make up'; }
[ "$port" != 0 ] || port=$(published 1883) || exit 2
[ "$tls_port" != 0 ] || tls_port=$(published 8883) || exit 2
# Compose also takes an address before the port.
port=${port##*:}
tls_port=${tls_port##*:}

# The client reads user and password from a file: arguments can be seen by every user of this machine.
config=$(mktemp -d)
trap 'rm -rf "$config"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
umask 077
printf -- '--username %s\n--pw %s\n' "$user" "$password" >"$config/mosquitto_pub"

failed=
publish() {
	name=$1
	shift
	if answer=$(XDG_CONFIG_HOME=$config timeout 10 mosquitto_pub --host "$host" --qos 1 \
		--topic plantops/smoke-test --message "$name" "$@" 2>&1); then
		echo "Testing $name: OK"
	else
		echo "Testing $name: FAILED"
		printf '%s\n' "${answer:-no answer within 10 s}" >&2
		failed=yes
	fi
}
publish "plain TCP (port $port)" --port "$port"
publish "TLS (port $tls_port)" --port "$tls_port" --cafile "$ca"
[ -z "$failed" ] || exit 1
echo 'All MQTT tests passed!'
