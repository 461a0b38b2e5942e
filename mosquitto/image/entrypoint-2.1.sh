#!/bin/sh
# As the official image of the 2.1 line: root gives /mosquitto/data, and nothing else, to the broker's user.
# A key that only root can read therefore stays unreadable for the broker.
if [ "$(id -u)" = 0 ] && [ -d /mosquitto/data ]; then
	chown -R "${PUID:-1883}:${PGID:-1883}" /mosquitto/data || true
fi
exec "$@"
