package main

import (
	"context"
	"fmt"
)

const rounds = 7

// start compares the time from exec to the window on the screen. Ours and the
// Fyne list are ready when they have painted and their list is filled as well;
// virt-manager is not asked for that.
func (b *bench) start(ctx context.Context, n int) error {
	if err := b.fill(n); err != nil {
		return err
	}
	ours, virtManager, list := b.apps(n)
	apps := []app{ours, virtManager, list}
	for _, a := range apps { // warms the caches, and proves that the watcher is right
		w, err := b.open(ctx, a)
		if err != nil {
			return err
		}
		err = b.display.confirms(w.id)
		w.kill()
		if err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
	}
	cpu, wall := make([][]float64, len(apps)), make([][]float64, len(apps))
	for range rounds {
		for i, a := range apps {
			w, err := b.open(ctx, a)
			if err != nil {
				return err
			}
			cpu[i] = append(cpu[i], w.kill())
			wall[i] = append(wall[i], w.ready.Sub(w.begun).Seconds())
		}
	}
	name := fmt.Sprintf("start with %d machines", n)
	b.report.add(
		figure{name: name, unit: "CPU s", ours: cpu[0], peer: cpu[1], than: apps[1].name, target: 0.35},
		figure{name: name, unit: "CPU s", ours: cpu[0], peer: cpu[2], than: apps[2].name, target: 1.25},
		figure{name: name, unit: "wall s", ours: wall[0], peer: wall[1], than: apps[1].name},
		figure{name: name, unit: "wall s", ours: wall[0], peer: wall[2], than: apps[2].name},
	)
	return nil
}
