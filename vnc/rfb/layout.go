package rfb

import (
	"maps"
	"slices"
)

// A Layout says which keys of a keyboard make which characters.
type Layout struct {
	ID   string // as in a guest's settings: us, gb, de, fr
	Name string // in English

	strokes map[rune][]Stroke
}

// A Stroke is a key with what is held meanwhile.
type Stroke struct {
	Hold []KeyCode
	Key  KeyCode
}

// A Typed character is the strokes that make it: one, or an accent first.
type Typed struct {
	Rune    rune
	Strokes []Stroke
}

// Layouts are the keyboards that texts can be typed on, the usual one first.
var Layouts = []Layout{
	newLayout("us", "English (US)", rows{
		{"`1234567890-=", "~!@#$%^&*()_+"},
		{"qwertyuiop[]", "QWERTYUIOP{}"},
		{`asdfghjkl;'\`, `ASDFGHJKL:"|`},
		{" zxcvbnm,./", " ZXCVBNM<>?"},
	}, nil),
	newLayout("gb", "English (UK)", rows{
		{"`1234567890-=", "¬!\"£$%^&*()_+", "¦   €        "},
		{"qwertyuiop[]", "QWERTYUIOP{}"},
		{"asdfghjkl;'#", "ASDFGHJKL:@~"},
		{`\zxcvbnm,./`, "|ZXCVBNM<>?"},
	}, nil),
	newLayout("de", "German", rows{
		{" 1234567890ß ", "°!\"§$%&/()=? ", `  ²³   {[]}\ `},
		{"qwertzuiopü+", "QWERTZUIOPÜ*", "@ €        ~"},
		{"asdfghjklöä#", "ASDFGHJKLÖÄ'"},
		{"<yxcvbnm,.-", ">YXCVBNM;:_", "|      µ   "},
	}, []accent{{'^', KeyGrave, false}, {'´', KeyEqual, false}, {'`', KeyEqual, true}}),
	newLayout("fr", "French", rows{
		{"²&é\"'(-è_çà)=", " 1234567890°+", "  ~#{[|`\\^@]}"},
		{"azertyuiop $", "AZERTYUIOP £", "  €        ¤"},
		{"qsdfghjklmù*", "QSDFGHJKLM%µ"},
		{"<wxcvbn,;:!", ">WXCVBN?./§"},
	}, []accent{{'^', KeyLeftBrace, false}, {'¨', KeyLeftBrace, true}}),
}

// rows are what is on the keys of each row: alone, with Shift, with AltGr. A
// space is a key without a character, or with an accent.
type rows [4][]string

// rowKeys are the keys of each row.
var rowKeys = [4][]KeyCode{
	append([]KeyCode{KeyGrave}, run(Key1, 12)...),
	run(KeyQ, 12),
	append(run(KeyA, 11), KeyBackslash),
	append([]KeyCode{Key102nd}, run(KeyZ, 10)...),
}

func run(first KeyCode, n int) []KeyCode {
	keys := make([]KeyCode, n)
	for i := range keys {
		keys[i] = first + KeyCode(i) // a row is short
	}
	return keys
}

// An accent is a key that waits for a letter; with Space it is the accent alone.
type accent struct {
	mark  rune
	key   KeyCode
	shift bool
}

// accented are the letters that accents make.
var accented = map[rune][2]string{
	'^': {"aeiouAEIOU ", "âêîôûÂÊÎÔÛ^"},
	'´': {"aeiouyAEIOUY ", "áéíóúýÁÉÍÓÚÝ´"},
	'`': {"aeiouAEIOU ", "àèìòùÀÈÌÒÙ`"},
	'¨': {"aeiouyAEIOU ", "äëïöüÿÄËÏÖÜ¨"},
}

func newLayout(id, name string, on rows, accents []accent) Layout {
	l := Layout{ID: id, Name: name, strokes: map[rune][]Stroke{
		' ': {{Key: KeySpace}}, '\n': {{Key: KeyEnter}}, '\t': {{Key: KeyTab}},
	}}
	held := [][]KeyCode{nil, {KeyLeftShift}, {KeyRightAlt}}
	for row, levels := range on {
		for level, characters := range levels {
			for i, r := range []rune(characters) {
				l.add(r, Stroke{Hold: held[level], Key: rowKeys[row][i]})
			}
		}
	}
	for _, a := range accents {
		first := Stroke{Key: a.key}
		if a.shift {
			first.Hold = held[1]
		}
		letters, made := []rune(accented[a.mark][0]), []rune(accented[a.mark][1])
		for i, letter := range letters {
			l.add(made[i], first, l.strokes[letter][0])
		}
	}
	return l
}

// add notes a character unless an easier way to it is known.
func (l *Layout) add(r rune, strokes ...Stroke) {
	if _, known := l.strokes[r]; !known {
		l.strokes[r] = strokes
	}
}

// LayoutOf returns the layout of the ID, or the usual one.
func LayoutOf(id string) Layout {
	for _, l := range Layouts {
		if l.ID == id {
			return l
		}
	}
	return Layouts[0]
}

// Type returns the strokes that write the text, and which characters of it no
// key makes, each once, sorted. Lines may end in the ways of all systems.
func (l Layout) Type(text string) (typed []Typed, missing []rune) {
	unknown := map[rune]bool{}
	var before rune
	for _, r := range text {
		if r == '\n' && before == '\r' {
			before = r
			continue
		}
		before = r
		if r == '\r' {
			r = '\n'
		}
		strokes, known := l.strokes[r]
		if !known {
			unknown[r] = true
			continue
		}
		typed = append(typed, Typed{r, strokes})
	}
	return typed, slices.Sorted(maps.Keys(unknown))
}

// RuneKeysym returns the X11 keysym of a character.
func RuneKeysym(r rune) uint32 {
	switch {
	case r == '\n':
		return legends[KeyEnter].plain
	case r == '\t':
		return legends[KeyTab].plain
	case r >= ' ' && r <= '~', r >= 0xa0 && r <= 0xff:
		return uint32(r)
	default:
		return 0x1000000 | uint32(r) // a character is not negative
	}
}
