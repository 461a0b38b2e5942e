# From unpacked Debian packages to the runtime contract of the official image: a hook of mmdebstrap, whose root
# folder is $1. No maintainer script of a package ran, so what such a script would make (links of libraries,
# the user, the certificate bundle) is made here.
set -eu
: "${MMDEBSTRAP_MODE:?it removes most of \$1, so it runs as a hook and in no other way}"
cd "$1"
rm rootfs.sh

chroot . /usr/sbin/ldconfig

# Only what the broker and a shell need. Licences stay.
find usr/bin usr/sbin ! -type d ! -name 'mosquitto*' ! -name busybox -delete
find usr/share/doc ! -type d ! -name copyright -delete
find usr/share/doc -depth -type d -empty -delete
find usr/share -mindepth 1 -maxdepth 1 ! -name doc ! -name zoneinfo ! -name ca-certificates -exec rm -rf {} +
find usr/lib -depth -type d \( -name gconv -o -name systemd -o -name security -o -name '*.d' \) -exec rm -rf {} +
find etc -mindepth 1 -maxdepth 1 ! -name ssl ! -name 'ld.so*' ! -name os-release ! -name debian_version -exec rm -rf {} +
rm -rf var/cache/* var/lib/* var/log/*

chroot . /usr/bin/busybox --install -s
mkdir -p etc/ssl/certs
cat usr/share/ca-certificates/mozilla/*.crt >etc/ssl/certs/ca-certificates.crt
rm -rf usr/share/ca-certificates

cat >etc/passwd <<'END'
root:x:0:0:root:/root:/bin/sh
mosquitto:x:1883:1883:mosquitto:/var/empty:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
END
cat >etc/group <<'END'
root:x:0:
tty:x:5:
mosquitto:x:1883:mosquitto
nogroup:x:65534:
END

# The default configuration of each line: on 2.0 nothing but comments, so that the broker listens inside the
# container and nowhere else; on 2.1 an open listener and the HTTP API.
version=$(chroot . /usr/sbin/mosquitto -h | sed -n '1s/^mosquitto version \([0-9.]*\).*/\1/p')
mkdir -p mosquitto/config mosquitto/data mosquitto/log
case $version in
2.0.*)
	printf '# An open listener, for experiments.\nlistener 1883\nallow_anonymous true\n' >mosquitto-no-auth.conf
	printf '# Nothing is configured: local only mode.\n' >mosquitto/config/mosquitto.conf
	;;
2.1.*)
	printf '# An open listener and the HTTP API.\nlistener 1883\nallow_anonymous true\n\nlistener 9883\nprotocol http_api\n' >mosquitto-no-auth.conf
	cp mosquitto-no-auth.conf mosquitto/config/mosquitto.conf
	;;
*)
	echo "image: the packages hold Mosquitto '$version', which is neither 2.0 nor 2.1" >&2
	exit 1
	;;
esac
printf '%s\n' "$version" >etc/mosquitto-version
chown -R 1883:1883 mosquitto
chmod 755 docker-entrypoint.sh
