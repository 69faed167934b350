#!/bin/bash
# Tries the package on a bare Debian: installs it with apt, starts the program as the service would, says something and
# reads it back, installs the package over itself, removes it, purges it, and lists what is left. Needs root (a chroot
# with mounts and processes of its own, which are gone when it ends), and a network for what the package depends on.
#
#   packaging/deb/try.sh PACKAGE                 makes a Debian 12 with debootstrap in a temporary directory
#   packaging/deb/try.sh PACKAGE BASE.tar        unpacks this one instead
#   KEEP=1 packaging/deb/try.sh …                leaves the directory
set -euo pipefail

package=${1:?"which package? packaging/deb/try.sh build/package/tinychat_….deb [BASE.tar]"}
base=${2:-}
[ "$(id -u)" -eq 0 ] || { echo "try: this needs root" >&2; exit 2; }

root=$(mktemp -d "${TMPDIR:-/tmp}/tinychat-deb-XXXXXX")
chmod 755 "$root"
trap '[ -n "${KEEP:-}" ] || rm -rf --one-file-system "$root"' EXIT
if [ -n "$base" ]; then
  tar -C "$root" -xf "$base"
else
  debootstrap --variant=minbase bookworm "$root" >"$root.log" || { tail "$root.log" >&2; exit 1; }
  rm -f "$root.log"
fi
cp "$package" "$root/root/tinychat.deb"

cat >"$root/root/inside.sh" <<'INSIDE'
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
say() { printf '\n== %s\n' "$*"; }
quiet() { "$@" >/tmp/quiet.log 2>&1 || { cat /tmp/quiet.log; exit 1; }; }
fail() { echo "try: $*" >&2; exit 1; }

# One HTTP request, with nothing but the shell.
http() {
  local method=$1 target=$2 body=${3:-}
  exec 3<>/dev/tcp/127.0.0.1/8080
  printf '%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s' \
    "$method" "$target" "${#body}" "$body" >&3
  cat <&3
  exec 3>&-
}
files() { find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /root -o -path /run -o -path /var/cache -o -path /var/lib/apt -o -path /var/log \) -prune -o -print | sort; }

start() {
  setpriv --reuid tinychat --regid tinychat --clear-groups --no-new-privs \
    /usr/bin/tinychat --config /etc/tinychat/tinychat.conf >/tmp/tinychat.log 2>&1 &
  server=$!
  local tries=0
  until grep -q 'is ready' /tmp/tinychat.log; do
    [ $((++tries)) -lt 200 ] && kill -0 "$server" || { cat /tmp/tinychat.log; fail "it does not start"; }
    sleep 0.05
  done
}
stop() {
  kill "$server"
  wait "$server" || fail "it ended with $?"
}

say "what it depends on"
quiet apt-get update
depends=$(dpkg-deb -f /root/tinychat.deb Depends | sed 's/([^)]*)//g; s/|[^,]*//g; s/,/ /g')
echo "$depends"
# shellcheck disable=SC2086
quiet apt-get install -y --no-install-recommends $depends
files >/tmp/before
getent passwd >/tmp/passwd

say "apt-get install ./tinychat.deb"
quiet apt-get install -y --no-install-recommends /root/tinychat.deb
dpkg-query -W -f '${Package} ${Version}: ${Status}\n' tinychat
dpkg -L tinychat | grep -v '/usr/share/doc/tinychat/'
stat -c '%n %U:%G %a' /var/lib/tinychat /etc/tinychat/tinychat.conf
getent passwd tinychat
if ldd /usr/bin/tinychat | grep 'not found'; then fail "a library is missing"; fi

say "tinychat --help"
tinychat --help | sed -n 1,3p

say "the program as the service runs it"
start
cat /tmp/tinychat.log
http POST /everyone 'sender=mason&message=kept' | sed -n 1p
http GET /api/v1/rooms/everyone/messages | tail -1
stop

say "installed again: what was changed and what was said stay"
echo 'retain-days = 365' >>/etc/tinychat/tinychat.conf
quiet apt-get install -y --reinstall --no-install-recommends /root/tinychat.deb
grep -q '^retain-days = 365' /etc/tinychat/tinychat.conf || fail "the configuration is gone"
start
http GET /api/v1/rooms/everyone/messages | grep '"text":"kept"' >/dev/null || fail "the message is gone"
stop

say "a later version: the same"
mkdir /tmp/later
dpkg-deb -R /root/tinychat.deb /tmp/later
sed -i 's/^Version: .*/&+later/' /tmp/later/DEBIAN/control
quiet dpkg-deb -b /tmp/later /root/later.deb
quiet apt-get install -y --no-install-recommends /root/later.deb
dpkg-query -W -f '${Package} ${Version}: ${Status}\n' tinychat
grep -q '^retain-days = 365' /etc/tinychat/tinychat.conf || fail "the configuration is gone"
start
http GET /api/v1/rooms/everyone/messages | grep '"text":"kept"' >/dev/null || fail "the message is gone"
stop

say "removed: what is left"
quiet apt-get remove -y tinychat
files | comm -13 /tmp/before -
[ -f /etc/tinychat/tinychat.conf ] || fail "the configuration is gone"
[ -d /var/lib/tinychat ] || fail "the messages are gone"

say "purged: what is left"
quiet apt-get purge -y tinychat
files | comm -13 /tmp/before - >/tmp/left
cat /tmp/left
getent passwd | comm -13 /tmp/passwd -
if grep -v -E '^/etc/(passwd|shadow|group|gshadow)-$|^/var/lib/dpkg/|^/var/lib/systemd(/deb-systemd-helper-(enabled|masked)(/.*\.target\.wants)?)?$' /tmp/left; then fail "that should have gone"; fi
say "good"
INSIDE

# Mounts and processes of its own: they go when it ends.
# shellcheck disable=SC2016
unshare --mount --pid --fork --kill-child bash -c '
  set -e
  mount --make-rprivate /
  mount -t proc proc "$0/proc"
  mount -t sysfs sys "$0/sys" 2>/dev/null || mount --rbind /sys "$0/sys"
  mount --rbind /dev "$0/dev"
  exec chroot "$0" /usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin bash /root/inside.sh
' "$root"
