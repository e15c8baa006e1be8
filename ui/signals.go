package ui

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// listenEvery is how often it is looked whether Fyne listens for signals.
const listenEvery = 10 * time.Millisecond

// endBySignal has SIGTERM and SIGINT end the program as the window's button does.
// Fyne, which listens for them once it runs, would end its goroutine first: the
// pages were closed while others paint, and nothing of the window was kept.
func (w *Window) endBySignal() {
	signal.Ignore(syscall.SIGINT) // until Fyne listens
	w.kit.Keep(func(ctx context.Context) error {
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, syscall.SIGTERM)
		look := time.NewTicker(listenEvery)
		defer look.Stop()
		defer signal.Stop(asked) // whoever is in a hurry asks twice
		for {
			select {
			case <-look.C:
				if !signal.Ignored(syscall.SIGINT) {
					signal.Reset(syscall.SIGINT, syscall.SIGTERM) // Fyne's, too
					signal.Notify(asked, syscall.SIGINT, syscall.SIGTERM)
					look.Stop()
				}
			case <-asked:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}, func(err error) {
		if err == nil {
			w.close()
		}
	})
}
