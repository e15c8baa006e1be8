// Command window shows the VNC server at a unix socket in a window of its own
// and prints what the screen tells, one event per line. It is driven by the
// tests of package vnc with a real mouse and keyboard. A line of its input is a
// direction in which text is shared from then on, or "pass" and the combinations
// that stay here.
package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/kvmmanager/kvm-manager/vnc"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
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
	screen.OnHostKey = func(e *fyne.KeyEvent) { fmt.Println("host key", e.Name) }
	screen.OnHostShortcut = func(s fyne.Shortcut) { fmt.Println("host shortcut", s.(*desktop.CustomShortcut).KeyName) }
	screen.Trace = func(event string) { fmt.Println(event) }
	window.SetContent(screen)

	screen.Connect(context.Background(), func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}, nil)
	go obey(screen)
	window.ShowAndRun()
	screen.Close()
	screen.Wait()
}

func obey(screen *vnc.Screen) {
	directions := map[string]vnc.Clipboard{
		"off": vnc.ClipboardOff, "to": vnc.ClipboardToGuest, "from": vnc.ClipboardFromGuest, "both": vnc.ClipboardBoth,
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if list, passes := strings.CutPrefix(lines.Text(), "pass "); passes {
			pass(screen, list)
			continue
		}
		direction := lines.Text()
		fyne.DoAndWait(func() { screen.SetClipboard(directions[direction]) })
		fmt.Println("shares", direction)
	}
}

func pass(screen *vnc.Screen, list string) {
	var all [][]rfb.KeyCode
	for text := range strings.SplitSeq(list, ",") {
		keys, err := rfb.ParseCombination(text)
		if err != nil {
			panic(err)
		}
		all = append(all, keys)
	}
	fyne.DoAndWait(func() { screen.SetPassed(all) })
	fmt.Println("passes", list)
}
