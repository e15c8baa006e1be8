// Command window shows the VNC server at a unix socket in a window of its own
// and prints what the screen tells, one event per line. It is driven by the
// tests of package vnc with a real mouse and keyboard.
package main

import (
	"context"
	"fmt"
	"net"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"github.com/kvmmanager/kvm-manager/vnc"
)

func main() {
	socket := os.Args[1]
	window := app.NewWithID("org.kvmmanager.screen").NewWindow("Screen under test")
	window.SetPadded(false)
	window.Resize(fyne.NewSize(720, 400))

	screen := vnc.NewScreen("Screen under test")
	screen.OnStatus = func(s vnc.Status) { fmt.Println("status", s.State, s.Width, s.Height) }
	screen.OnFocus = func(focused bool) { fmt.Println("focus", focused) }
	screen.OnRelease = func() { fmt.Println("released") }
	if len(os.Args) > 2 {
		screen.SetClipboard(map[string]vnc.Clipboard{"both": vnc.ClipboardBoth, "to": vnc.ClipboardToGuest, "from": vnc.ClipboardFromGuest}[os.Args[2]])
	}
	screen.Trace = func(event string) { fmt.Println(event) }
	window.SetContent(screen)

	screen.Connect(context.Background(), func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}, nil)
	window.ShowAndRun()
	screen.Close()
	screen.Wait()
}
