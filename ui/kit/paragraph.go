package kit

import (
	"sort"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// Paragraph is text that wraps at words to the width it gets.
type Paragraph struct {
	widget.BaseWidget
	style   TextStyle
	token   theme.Token
	words   string
	width   float32 // to which the lines are wrapped now
	lines   []*canvas.Text
	objects *renderer
}

// lineGap lies between the lines of a paragraph.
const lineGap = 3

// NewParagraph returns text that is wrapped to width until it is laid out.
func NewParagraph(style TextStyle, words string, width float32) *Paragraph {
	p := &Paragraph{style: style, token: style.token(), words: words, width: width}
	p.wrap()
	p.ExtendBaseWidget(p)
	return p
}

// In gives the words another colour and returns the paragraph.
func (p *Paragraph) In(token theme.Token) *Paragraph {
	p.token = token
	p.Refresh()
	return p
}

// Words returns the text.
func (p *Paragraph) Words() string { return p.words }

// SetText changes the words.
func (p *Paragraph) SetText(words string) {
	if p.words == words {
		return
	}
	p.words = words
	p.wrap()
	p.Refresh()
}

// A11y says the words as a label.
func (p *Paragraph) A11y() Node { return Node{Role: "label", Name: p.words} }

// CreateRenderer is part of fyne.Widget.
func (p *Paragraph) CreateRenderer() fyne.WidgetRenderer {
	p.objects = newRenderer(p, p.min, p.layout, p.paint)
	p.objects.objects = p.canvasObjects()
	return p.objects
}

func (p *Paragraph) min() fyne.Size {
	height := p.lineHeight()*float32(len(p.lines)) + lineGap*float32(max(0, len(p.lines)-1))
	return fyne.NewSize(min(p.width, 120), SnapUp(height))
}

// widest is the width of the longest line: wrapped to it the lines stay the same.
func (p *Paragraph) widest() float32 {
	var width float32
	for _, l := range p.lines {
		width = max(width, l.MinSize().Width)
	}
	return SnapUp(width)
}

func (p *Paragraph) lineHeight() float32 { return SnapUp(p.style.measure("M").Height) }

func (p *Paragraph) layout(size fyne.Size) {
	if size.Width > 0 && size.Width != p.width {
		p.width = size.Width
		p.wrap()
		p.paint()
		if p.objects != nil {
			p.objects.objects = p.canvasObjects()
		}
	}
	y := float32(0)
	for _, l := range p.lines {
		l.Resize(l.MinSize())
		l.Move(fyne.NewPos(0, Snap(y)))
		y += p.lineHeight() + lineGap
	}
}

func (p *Paragraph) paint() {
	for _, l := range p.lines {
		l.Color = theme.Color(p.token)
	}
	if p.objects != nil {
		p.objects.objects = p.canvasObjects()
	}
}

func (p *Paragraph) canvasObjects() []fyne.CanvasObject {
	objects := make([]fyne.CanvasObject, len(p.lines))
	for i, l := range p.lines {
		objects[i] = l
	}
	return objects
}

// wrap breaks the words into lines; a line break in them stays one.
func (p *Paragraph) wrap() {
	p.lines = nil
	for _, part := range strings.Split(p.words, "\n") {
		for _, line := range wrapWords(p.style, part, p.width) {
			p.lines = append(p.lines, p.style.newText(line))
		}
	}
}

func wrapWords(style TextStyle, words string, width float32) []string {
	var lines []string
	line := ""
	for _, word := range fitting(style, strings.Fields(words), width) {
		longer := strings.TrimPrefix(line+" "+word, " ")
		if line != "" && style.measure(longer).Width > width {
			lines = append(lines, line)
			longer = word
		}
		line = longer
	}
	return append(lines, line)
}

// fitting breaks the words that are wider than a line, such as long paths.
func fitting(style TextStyle, words []string, width float32) []string {
	var all []string
	for _, word := range words {
		for rest := word; rest != ""; {
			part := rest
			if width > 0 && style.measure(rest).Width > width {
				part = beginning(style, rest, width)
			}
			all, rest = append(all, part), rest[len(part):]
		}
	}
	return all
}

// beginning is as much of the word as fits, and at least one character. It ends
// where the parts of a name or path do, if they are not too long themselves.
func beginning(style TextStyle, word string, width float32) string {
	ends := []int{}
	for i := range word {
		ends = append(ends, i)
	}
	ends = append(ends[1:], len(word))
	fits := sort.Search(len(ends), func(i int) bool { return style.measure(word[:ends[i]]).Width > width })
	part := word[:ends[max(0, fits-1)]]
	if end := strings.LastIndexAny(part, "-/_.") + 1; end > len(part)/2 {
		return part[:end]
	}
	return part
}
