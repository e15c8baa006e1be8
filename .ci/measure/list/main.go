// Command list is the smallest Fyne program with a list in a window. It shows
// what the toolkit itself costs. It writes the same trace as kvm-manager.
//
//	list N
package main

import (
	"fmt"
	"image"
	"os"
	"strconv"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/services/virt/trace"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: list N")
		os.Exit(2)
	}
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "list:", err)
		os.Exit(2)
	}
	win := app.NewWithID("org.kvmmanager.measure.list").NewWindow("List")
	filled := sync.OnceFunc(func() { trace.Emit("list_filled", "rows", n) })
	list := widget.NewList(func() int { return n },
		func() fyne.CanvasObject { return widget.NewLabel("") },
		func(i widget.ListItemID, row fyne.CanvasObject) {
			row.(*widget.Label).SetText(fmt.Sprintf("vm-%04d", i))
			filled()
		})
	painted := sync.OnceFunc(func() { trace.Emit("window_mapped") })
	mark := canvas.NewRaster(func(int, int) image.Image {
		painted()
		return image.NewRGBA(image.Rect(0, 0, 1, 1))
	})
	win.SetContent(container.NewStack(list, container.NewWithoutLayout(mark)))
	mark.Resize(fyne.NewSize(1, 1))
	win.Resize(fyne.NewSize(1280, 800))
	win.ShowAndRun()
}
