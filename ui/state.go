package ui

import (
	"context"
	"encoding/json"

	"fyne.io/fyne/v2"
)

// windowSetting is where the window's size and panes are kept.
const windowSetting = "window"

// windowState is how the window was left.
type windowState struct {
	Width     float32 `json:"width"`
	Height    float32 `json:"height"`
	Navigator float32 `json:"navigator"`
	Hidden    bool    `json:"navigator_hidden"`
}

// Sizes of a window that was never opened, and the least one that is kept.
const (
	firstWidth, firstHeight = 1280, 800
	leastWidth, leastHeight = 820, 560
)

// restore takes the panes as they were left.
func (w *Window) restore() {
	var s windowState
	if !w.svc.Settings.UI(windowSetting, &s) {
		return
	}
	w.hidden = s.Hidden
	if s.Navigator >= navigatorLeast && s.Navigator <= navigatorMost {
		w.width = s.Navigator
	}
}

// size is the size the window was left in.
func (w *Window) size() fyne.Size {
	var s windowState
	if w.svc.Settings.UI(windowSetting, &s) && s.Width >= leastWidth && s.Height >= leastHeight {
		return fyne.NewSize(s.Width, s.Height)
	}
	return fyne.NewSize(firstWidth, firstHeight)
}

// keep writes down how the window is left, unless that is how it was found.
func (w *Window) keep(ctx context.Context, now windowState) error {
	var before windowState
	if w.svc.Settings.UI(windowSetting, &before) && before == now {
		return nil
	}
	text, err := json.Marshal(now)
	if err != nil {
		return err
	}
	return w.svc.Settings.Set(ctx, "ui."+windowSetting, string(text))
}

func (w *Window) state() windowState {
	size := w.kit.Win.Canvas().Size()
	return windowState{Width: size.Width, Height: size.Height, Navigator: w.width, Hidden: w.hidden}
}
