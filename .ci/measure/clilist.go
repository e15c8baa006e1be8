package main

import (
	"context"
	"fmt"
	"os/exec"
)

// clilist compares listing 1,000 machines on the command line with virsh.
func clilist(ctx context.Context, b *bench) error {
	if err := b.fill(listed); err != nil {
		return err
	}
	f := figure{name: fmt.Sprintf("kvm-cli vm list of %d machines", listed), unit: "CPU s", than: "virsh list --all", target: 0.45}
	for range pairs {
		ours, err := whole(ctx, b.program("kvm-cli"), "--host", b.daemon.URI, "--data-dir", b.files+"/cli", "--config-dir", b.files+"/cli", "vm", "list")
		if err != nil {
			return err
		}
		peer, err := whole(ctx, "virsh", "-c", b.daemon.URI, "list", "--all")
		if err != nil {
			return err
		}
		f.ours, f.peer = append(f.ours, ours), append(f.peer, peer)
	}
	b.report.add(f)
	return nil
}

// whole runs a program and returns the CPU seconds of all its life.
func whole(ctx context.Context, program string, args ...string) (float64, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%s: %w: %s", program, err, out)
	}
	return (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), nil
}
