// Package kit is what every page of the window is made of: layouts on whole
// device pixels, texts, icons and controls as docs/DESIGN.md has them, tables and
// trees over thousands of rows, menus, dialogs and toasts; and the one place of
// the window that makes contexts and goroutines, so that no page can block it.
package kit
