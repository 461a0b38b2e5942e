#!/bin/sh
# As the official image of the 2.0 line: root gives all of /mosquitto to the broker's user. What cannot
# change hands (a read-only mount) stays as it is. On a writable bind mount this changes the host's files.
if [ "$(id -u)" = 0 ] && [ -d /mosquitto ]; then
	chown -R mosquitto:mosquitto /mosquitto || true
fi
exec "$@"
