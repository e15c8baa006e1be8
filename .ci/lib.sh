# Shared by the scripts beside it. Sourced, never run.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The two flag sets of the project: see docs/CONTRIBUTING.md.
readonly TAGS=migrated_fynedo,libvirt_dlopen

PATH=$PATH:/usr/sbin:/sbin # where libvirtd is, for users too

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# as_root runs a command as root, through sudo where we are not.
as_root() {
	if [[ $(id -u) == 0 ]]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "This needs root: run it as root or install sudo. The command was: $*"
	fi
}

# wait_for SECONDS COMMAND... polls until the command succeeds.
wait_for() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < deadline)) || return 1
		sleep 0.1
	done
}

# need_go finds Go also where sudo has cut PATH short, and checks its version.
need_go() {
	local dir version
	if ! command -v go >/dev/null; then
		for dir in /usr/local/go/bin /usr/lib/go-1.*/bin /snap/bin; do
			[[ -x $dir/go ]] && PATH=$PATH:$dir
		done
	fi
	command -v go >/dev/null || die "Go is missing: install Go 1.24 or newer from https://go.dev/dl/ or the distribution, then try again."
	version=$(go env GOVERSION)
	version=${version#go}
	if [[ ${version%%.*} == 1 && $(cut -d. -f2 <<<"$version") -lt 24 ]]; then
		die "Go $version is too old: Go 1.24 or newer is needed."
	fi
}
