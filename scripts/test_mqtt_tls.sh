#!/bin/sh
# Publishes one message over plain TCP and one over TLS, as the backend: is the broker that runs here in order?
#
#   MQTT_BACKEND_PASSWORD   the backend's password; without it, that of .env
#   MQTT_BACKEND_USER       backend
#   MQTT_HOST               localhost
#   MQTT_PORT               1883
#   MQTT_TLS_PORT           8883
#   MQTT_CA_FILE            certs/ca.crt
#
# Exit status: 0 both work; 1 one does not, and the broker's answer says why; 2 it could not be tried.
set -eu
cd "$(dirname "$0")/.."

cannot() {
	echo "test_mqtt_tls: $1" >&2
	exit 2
}

command -v mosquitto_pub >/dev/null || cannot 'mosquitto_pub is not installed (Debian and Ubuntu: apt-get install mosquitto-clients)'
if [ -z "${MQTT_BACKEND_PASSWORD-}" ] && [ -r .env ]; then
	MQTT_BACKEND_PASSWORD=$(sed -n 's/^MQTT_BACKEND_PASSWORD=//p' .env)
fi
[ -n "${MQTT_BACKEND_PASSWORD-}" ] || cannot 'MQTT_BACKEND_PASSWORD is not set, and .env has none: run make certs'
port=${MQTT_PORT:-1883}
tls_port=${MQTT_TLS_PORT:-8883}
ca=${MQTT_CA_FILE:-certs/ca.crt}
[ -r "$ca" ] || cannot "$ca cannot be read: set MQTT_CA_FILE, or run make certs"

# The client reads user and password from a file: arguments can be seen by every user of this machine.
config=$(mktemp -d)
trap 'rm -rf "$config"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
umask 077
printf -- '--username %s\n--pw %s\n' "${MQTT_BACKEND_USER:-backend}" "$MQTT_BACKEND_PASSWORD" >"$config/mosquitto_pub"

failed=
publish() {
	name=$1
	shift
	if answer=$(XDG_CONFIG_HOME=$config timeout 10 mosquitto_pub --host "${MQTT_HOST:-localhost}" --qos 1 \
		--topic plantops/smoke-test --message "$name" "$@" 2>&1); then
		echo "Testing $name: OK"
	else
		echo "Testing $name: FAILED"
		echo "${answer:-no answer within 10 s}" >&2
		failed=yes
	fi
}
publish "plain TCP (port $port)" --port "$port"
publish "TLS (port $tls_port)" --port "$tls_port" --cafile "$ca"
[ -z "$failed" ] || exit 1
echo 'All MQTT tests passed!'
