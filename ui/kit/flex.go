package kit

import "fyne.io/fyne/v2"

type align int

const (
	alignStart align = iota
	alignCenter
	alignFill
)

// flex lays out rows and columns. Objects in Grow share what the others leave
// and may become smaller than they ask for; the others never do.
type flex struct {
	vertical bool
	gap      float32
	align    align
}

// grow marks its object as one that takes the rest.
type grow struct{ weight float32 }

func (*grow) MinSize(objects []fyne.CanvasObject) fyne.Size { return maxMinSize(objects) }

func (*grow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		putRect(o, 0, 0, size.Width, size.Height)
	}
}

func weight(object fyne.CanvasObject) float32 {
	if c, ok := object.(*fyne.Container); ok {
		if g, ok := c.Layout.(*grow); ok {
			return g.weight
		}
	}
	return 0
}

func (f *flex) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var along, across float32
	visible := shown(objects)
	for _, o := range visible {
		a, c := f.split(minSize(o))
		along += a
		across = max(across, c)
	}
	along += f.gaps(len(visible))
	if f.vertical {
		return fyne.NewSize(across, along)
	}
	return fyne.NewSize(along, across)
}

func (f *flex) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	visible := shown(objects)
	along, across := f.split(size)
	free, weights := f.free(visible, along)
	at := float32(0)
	for _, o := range visible {
		length, breadth := f.split(minSize(o))
		if w := weight(o); w > 0 {
			length = free * w / weights
		}
		offset := float32(0)
		switch f.align {
		case alignCenter:
			offset = (across - breadth) / 2
		case alignFill:
			breadth = across
		}
		if f.vertical {
			putRect(o, offset, at, breadth, length)
		} else {
			putRect(o, at, offset, length, breadth)
		}
		at += length + f.gap
	}
}

// free returns the room that growing objects share, and their total weight.
func (f *flex) free(visible []fyne.CanvasObject, along float32) (room, weights float32) {
	room = along - f.gaps(len(visible))
	for _, o := range visible {
		if w := weight(o); w > 0 {
			weights += w
			continue
		}
		length, _ := f.split(minSize(o))
		room -= length
	}
	return max(0, room), weights
}

func (f *flex) gaps(objects int) float32 { return f.gap * float32(max(0, objects-1)) }

// split returns the measure along the row or column and the one across it.
func (f *flex) split(s fyne.Size) (along, across float32) {
	if f.vertical {
		return s.Height, s.Width
	}
	return s.Width, s.Height
}
