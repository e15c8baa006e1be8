package vt

import (
	"fmt"
	"strings"
	"testing"
)

// Three kinds of what is written to terminals: a log, the pictures of a program
// that fills the screen, and text of wide characters.
func benchText() map[string]string {
	var log, full, wide strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&log, "[%12.6f] systemd[1]: Started session %d of user root, process %d.\r\n", float64(i)/7, i, i*13)
	}
	for i := range 200 {
		fmt.Fprintf(&full, "\x1b[%d;1H\x1b[1;3%dm%5d\x1b[22;39m root  20 \x1b[7m%6.1f\x1b[27m \x1b[38;5;%dmMem\x1b[m %s\x1b[K", i%24+1, i%8, i, float64(i), i, strings.Repeat("|", i%40))
	}
	for i := range 500 {
		fmt.Fprintf(&wide, "日本語の文字 %d 한국어 é ü\r\n", i)
	}
	return map[string]string{"log": log.String(), "full screen": full.String(), "wide": wide.String()}
}

func BenchmarkWrite(b *testing.B) {
	for name, text := range benchText() {
		b.Run(name, func(b *testing.B) {
			t := New(80, 24, Options{})
			in := []byte(text)
			for range 1 + 2*HistoryLines/1000 { // until the history is full
				_, _ = t.Write(in)
			}
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = t.Write(in)
			}
		})
	}
}

func BenchmarkResize(b *testing.B) {
	t := New(80, 24, Options{})
	for range 10 {
		_, _ = t.Write([]byte(benchText()["log"]))
	}
	for i := 0; b.Loop(); i++ {
		t.Resize(60+i%2*40, 24)
	}
}

func TestWritingToAFullHistoryAllocatesNothing(t *testing.T) {
	d := New(80, 24, Options{History: 500})
	for name, text := range benchText() {
		in := []byte(text)
		for range 3 {
			_, _ = d.Write(in)
		}
		if n := testing.AllocsPerRun(5, func() { _, _ = d.Write(in) }); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
