// Package vt is a terminal without a window: a parser of what programs write to
// one, and the screen that comes of it. It knows the control sequences of the
// DEC VT52, VT100, VT102 and VT220 and those of xterm that programs of today
// use (ECMA-48; DEC's VT520 reference; xterm's ctlseqs), in UTF-8.
//
//	term := vt.New(80, 24, vt.Options{Reply: func(b []byte) { … }})
//	term.Write(fromTheGuest)
//	for y := range 24 {
//		row := term.Row(term.Top() + y)
//		…
//	}
//
// A Terminal is not for several goroutines at once: its owner has a lock.
//
// # Lines
//
// Lines are counted from the first that was ever written. What leaves the screen
// at its top goes to the history and keeps its number, so that a place in the
// text stays the same place while more is written; see [Terminal.First] and
// [Terminal.Top]. A new width breaks the lines of the main screen and of the
// history anew, and gives them other numbers. The alternate screen has no
// history and is cut.
//
// A line has a stamp that is another one after every change, and no two lines
// ever have the same: who paints remembers the stamps of what he painted.
//
// # Limits
//
// The bytes are a guest's and may be anything. Sizes, parameters, strings and
// clusters of combining characters are bounded; no sequence changes the
// clipboard, the window or files. Pictures (Sixel), hyperlinks and the margins at
// the left and right of a VT420 are read and passed over.
package vt
