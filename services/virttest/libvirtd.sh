#!/bin/bash
# libvirtd.sh outer DIR CAPABILITIES: a private libvirtd in namespaces of its own.
# CAPABILITIES is a directory where all of them remember what QEMU can do.
#
# The outer half makes a control group and the namespaces, waits for their end
# and removes everything again. The inner half is process 1 of the namespaces:
# it mounts private copies of what libvirtd writes, then obeys the words on
# standard input (start, kill, stop, cont), answering "ok" or "failed" to each.
# When standard input closes, for whatever reason, process 1 leaves and the
# kernel ends every process of the namespaces with it.
set -eu

dir=$2 capabilities=$3

groups() { # prints the directories of our own control groups
	mine=$(cat /proc/self/cgroup)
	printf '%s\n' "$mine" | while IFS=: read -r _ controllers path; do
		base=/sys/fs/cgroup/${controllers#name=}
		if [ -f "$base${path%/}/cgroup.procs" ]; then printf '%s\n' "$base${path%/}"; fi
	done
}

outer() {
	name=kvm-$(basename "$dir")
	base=$(groups)
	for g in $base; do
		mkdir -p "$g/$name" 2>/dev/null || continue
		for f in cpuset.cpus cpuset.mems; do
			[ -f "$g/$f" ] && [ -w "$g/$name/$f" ] && cat "$g/$f" >"$g/$name/$f" 2>/dev/null || :
		done
	done
	status=0
	(
		for g in $base; do
			sh -c 'echo $PPID >"$1"' sh "$g/$name/cgroup.procs" 2>/dev/null || :
		done
		exec unshare --mount --net --uts --ipc --pid --cgroup --fork --kill-child --propagation private bash "$0" inner "$dir" "$capabilities"
	) || status=$?
	for g in $base; do
		find "$g/$name" -depth -type d -exec rmdir {} + 2>/dev/null || :
	done
	rm -rf "$dir"
	exit "$status"
}

cgroups() { # mounts the control groups as seen from ours
	if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
		mount -t sysfs sysfs /sys
		mount -t cgroup2 cgroup2 /sys/fs/cgroup
	else
		mount -t sysfs sysfs /sys
		mount -t tmpfs tmpfs /sys/fs/cgroup
		while read -r c _ _ enabled; do
			[ "$enabled" = 1 ] || continue
			mkdir "/sys/fs/cgroup/$c"
			mount -t cgroup -o "$c" cgroup "/sys/fs/cgroup/$c" 2>/dev/null || rmdir "/sys/fs/cgroup/$c"
		done </proc/cgroups
	fi
	# A group with processes of its own may not share out its controllers:
	# everything of ours lives in a leaf, machines get groups beside it. Theirs
	# is there from the start, as the service manager of a real host has it, for
	# machines that start at once would make it at once.
	for g in /sys/fs/cgroup /sys/fs/cgroup/*; do
		[ -f "$g/cgroup.procs" ] && mkdir -p "$g/daemon" "$g/machine" 2>/dev/null || continue
		for f in cpuset.cpus cpuset.mems; do
			for d in daemon machine; do
				[ -f "$g/$f" ] && [ -w "$g/$d/$f" ] && cat "$g/$f" >"$g/$d/$f" 2>/dev/null || :
			done
		done
		echo $$ >"$g/daemon/cgroup.procs" 2>/dev/null || :
		[ -f "$g/cgroup.subtree_control" ] && sed 's/[^ ]*/+&/g' "$g/cgroup.controllers" >"$g/cgroup.subtree_control" 2>/dev/null || :
	done
}

mounts() { # private copies of every place that libvirtd writes to
	mount -t proc proc /proc
	cgroups
	mkdir -p "$dir/etc/qemu/networks" "$dir/run" "$dir/lib" "$dir/log" "$dir/cache/qemu/capabilities"
	mount --bind "$dir/run" /run
	mkdir -p /run/lock
	mkdir -p /etc/libvirt
	mount --bind "$dir/etc" /etc/libvirt
	for d in lib log cache; do
		mkdir -p "/var/$d/libvirt"
		mount --bind "$dir/$d" "/var/$d/libvirt"
	done
	mount --bind "$capabilities" /var/cache/libvirt/qemu/capabilities
	mkdir -p /var/lib/libvirt/images /var/lib/libvirt/boot /var/lib/libvirt/dnsmasq
	cp /usr/share/libvirt/networks/default.xml /etc/libvirt/qemu/networks/ 2>/dev/null || :
	kvm
	mkdir -p "$dir/small"
	mount -t tmpfs -o size=4m,mode=755 tmpfs "$dir/small"
	ip link set lo up
	echo 1 >/proc/sys/net/ipv4/ip_forward
}

kvm() { # lets QEMU's user open /dev/kvm, as a distribution's device rules do
	# Without, libvirt finds what it knows of QEMU outdated at every look.
	[ -c /dev/kvm ] || return 0
	mkdir -p "$dir/dev"
	mount -t tmpfs -o mode=755 tmpfs "$dir/dev"
	mknod "$dir/dev/kvm" c 10 232
	chmod 666 "$dir/dev/kvm"
	mount --bind "$dir/dev/kvm" /dev/kvm
}

keep() { # runs libvirtd, again when it breaks down, as the service manager of a real host does
	while :; do
		rm -f /run/libvirt/libvirt-sock
		status=0
		libvirtd ${listen:+"$listen"} >>/var/log/libvirt/daemon.log 2>&1 </dev/null &
		echo $! >"$dir/daemon"
		wait $! || status=$?
		[ -e "$dir/wanted" ] || break
		echo "libvirtd has ended with status $status and is started again:" >&2
		tail -n 5 /var/log/libvirt/daemon.log >&2
	done
}

up() { # until libvirtd listens; fails when it ends first
	while kill -0 "$keeper" 2>/dev/null; do
		grep -q "/run/libvirt/libvirt-sock$" /proc/net/unix && return 0
		sleep 0.02
	done
	return 1
}

obey() {
	case $1 in
	start)
		keep <&- >&- &
		keeper=$!
		up && touch "$dir/wanted" # one that never listened is not started again
		;;
	kill)
		rm -f "$dir/wanted"
		kill -KILL "$(cat "$dir/daemon")" && { wait "$keeper" 2>/dev/null || :; }
		;;
	stop) kill -STOP "$(cat "$dir/daemon")" ;;
	cont) kill -CONT "$(cat "$dir/daemon")" ;;
	*) return 1 ;;
	esac
}

inner() {
	read -r pid _ </proc/self/stat
	echo "$pid" >"$dir/pid"
	mounts
	keeper= listen=
	if [ -d "$dir/etc/sasl2" ]; then # it is to listen to the network
		mkdir -p /etc/sasl2
		mount --bind "$dir/etc/sasl2" /etc/sasl2
		listen=--listen
	fi
	echo ok
	while read -r word; do
		if obey "$word"; then echo ok; else echo failed; fi
	done
}

"$1"
