// Command window shows the VNC server at a unix socket in a window of its own
// and prints what the screen tells, one event per line. It is driven by the
// tests of package vnc with a real mouse and keyboard. Each line of its input is a
// direction in which text is shared from then on.
package main

import (
	"bufio"
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
	screen.Trace = func(event string) { fmt.Println(event) }
	window.SetContent(screen)

	screen.Connect(context.Background(), func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}, nil)
	go share(screen)
	window.ShowAndRun()
	screen.Close()
	screen.Wait()
}

func share(screen *vnc.Screen) {
	directions := map[string]vnc.Clipboard{
		"off": vnc.ClipboardOff, "to": vnc.ClipboardToGuest, "from": vnc.ClipboardFromGuest, "both": vnc.ClipboardBoth,
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		direction := lines.Text()
		fyne.DoAndWait(func() { screen.SetClipboard(directions[direction]) })
		fmt.Println("shares", direction)
	}
}
