package rfb_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
	"github.com/kvmmanager/kvm-manager/vnc/rfb/rfbtest"
)

func TestAMillionBytesGoBothWaysThroughTheAgentOfAGuest(t *testing.T) {
	kernel, initrd, cmdline := virttest.Tiny(t)
	guest := rfbtest.StartAgent(t, kernel, initrd, cmdline, virttest.TinyReady)
	texts := make(chan string, 9)
	client := watch(t, guest.Guest, rfb.Options{OnCutText: func(text string) { texts <- text }})

	text := rfbtest.Text("a", 1_000_000)
	if err := client.CutText(text); err != nil {
		t.Fatal(err)
	}
	guest.WantText(text)
	guest.CopyText(text, "b")
	if got, want := <-texts, rfbtest.Text("b", 1_000_000); got != want {
		t.Errorf("from the guest came %d bytes that begin with %.40q", len(got), got)
	}
	longest := rfbtest.Text("c", rfb.MaxCutText)
	if err := client.CutText(longest); err != nil {
		t.Fatal(err)
	}
	guest.WantText(longest)
	if err := client.CutText(longest + "c"); !errors.Is(err, rfb.ErrLongText) {
		t.Errorf("a byte more: %v", err)
	}
}

func TestTextGoesBothWaysBetweenXvncAndTheClient(t *testing.T) {
	d := startXvnc(t)
	texts := make(chan string, 9)
	client := follow(t, dialSocket(t, d.socket), rfb.Options{OnCutText: func(text string) { texts <- text }})
	rfbtest.Eventually(t, "a picture", func() bool { return client.Frame().Updates() > 0 })
	xclip := need(t, "xclip")

	copying := exec.Command(xclip, "-display", ":"+d.number, "-selection", "clipboard", "-i", "-quiet")
	copying.Stdin = strings.NewReader("grüße\n日本")
	rfbtest.Run(t, copying)
	// Without vncconfig, Xvnc watches the selections by itself.
	if got := <-texts; got != "grüße\n日本" {
		t.Errorf("from the X server came %q", got)
	}
	if err := client.CutText("zurück\n日本\n"); err != nil {
		t.Fatal(err)
	}
	rfbtest.Eventually(t, "the text can be pasted", func() bool {
		out, _ := exec.Command(xclip, "-display", ":"+d.number, "-selection", "clipboard", "-o").Output()
		return string(out) == "zurück\n日本\n"
	})
}

// Flags of the extended clipboard.
const (
	clipText    = 1
	clipCaps    = 1 << 24
	clipRequest = 1 << 25
	clipPeek    = 1 << 26
	clipNotify  = 1 << 27
	clipProvide = 1 << 28
)

// clip is a message of the extended clipboard, of the server (3) or ours (6).
func clip(kind, flags int, data ...[]byte) []byte {
	body := append(be32(int32(flags)), bytes.Join(data, nil)...) // flags fit
	return wire(kind, 0, 0, 0, be32(int32(-len(body))), body)    // short
}

func packed(text string) []byte { return packedAs(int32(len(text)), text) } // short

func TestATextIsFetchedOnlyWhereItIsWanted(t *testing.T) {
	wanted, texts := false, make(chan string, 9)
	s, client, _ := session(t, rfb.Options{OnCutText: func(text string) { texts <- text }, TakesText: func() bool { return wanted }})
	if err := client.CutText("süß\n☕"); err != nil {
		t.Fatal(err)
	}
	s.hear(6, 0, 0, 0, be32(5), "s\xfc\xdf\n?") // nobody knows yet what the server can
	s.say(clip(3, clipCaps|clipText|clipRequest|clipNotify|clipProvide, be32(0)))
	s.hear(clip(6, clipCaps|clipRequest|clipPeek|clipNotify|clipProvide|clipText, be32(0)), clip(6, clipNotify|clipText))
	s.say(clip(3, clipRequest|clipText))
	head := clip(6, clipProvide|clipText)
	got := s.take(12)
	if !bytes.Equal(got[:4], head[:4]) || !bytes.Equal(got[8:], head[8:]) {
		t.Errorf("the client sent % x", got)
	}
	body := s.take(-int(int32(binary.BigEndian.Uint32(got[4:]))) - 4) // it has a sign
	if text := unpacked(t, body); text != "\x00\x00\x00\x0bsüß\r\n☕\x00" {
		t.Errorf("it provides %q", text)
	}
	s.say(clip(3, clipPeek))
	s.hear(clip(6, clipNotify|clipText))
	if err := client.CutText(""); err != nil {
		t.Fatal(err)
	}
	s.hear(clip(6, clipNotify))

	s.say(clip(3, clipNotify|clipText), clip(3, clipProvide|clipText, packed("not wanted")), 3, 0, 0, 0, be32(2), "no")
	s.say(clip(3, clipPeek)) // what it is told now comes after
	s.hear(clip(6, clipNotify))
	if err := client.CutText("mine"); err != nil {
		t.Fatal(err)
	}
	s.hear(clip(6, clipNotify|clipText))
	s.say(clip(3, clipNotify|clipText), clip(3, clipPeek))
	s.hear(clip(6, clipNotify|clipText))
	if err := client.CutText(""); err != nil { // the server's text stays
		t.Fatal(err)
	}
	s.say(clip(3, clipPeek))
	s.hear(clip(6, clipNotify))
	wanted = true
	s.say(clip(3, clipNotify|clipText))
	s.hear(clip(6, clipRequest|clipText))
	s.say(clip(3, clipProvide|clipText, packed("a\r\nb\x00")))
	if got := <-texts; got != "a\nb" {
		t.Errorf("the text is %q", got)
	}
	s.say(clip(3, clipProvide|clipText, packed(strings.Repeat("x", 1<<20+2))), clip(3, clipProvide|clipText, packed(strings.Repeat("y", 1<<20))))
	if got := <-texts; len(got) != 1<<20 || got[0] != 'y' {
		t.Errorf("of a text that is too long and one that is not came %d bytes of %.1s", len(got), got)
	}
	if err := client.CutText(strings.Repeat("z", rfb.MaxCutText+1)); !errors.Is(err, rfb.ErrLongText) {
		t.Errorf("a text that is too long: %v", err)
	}
}

func TestAClipboardThatLiesEndsTheSession(t *testing.T) {
	for name, message := range map[string][]byte{
		"no flags":        wire(3, 0, 0, 0, be32(-3), "abc"),
		"too long":        wire(3, 0, 0, 0, be32(-17<<20)),
		"sizes missing":   clip(3, clipCaps|clipText|2, be32(0)),
		"not zlib":        clip(3, clipProvide|clipText, []byte("garbage")),
		"text cut short":  clip(3, clipProvide|clipText, packed("")[:6]),
		"size of another": clip(3, clipProvide|clipText, packedAs(9, "abc")),
	} {
		t.Run(name, func(t *testing.T) {
			s, _, ended := session(t, rfb.Options{OnCutText: func(string) { t.Error("a text came") }})
			s.deafen()
			s.say(message)
			if err := <-ended; !errors.Is(err, rfb.ErrMalformed) {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

// packedAs packs a text that claims another length.
func packedAs(length int32, text string) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(wire(be32(length), text))
	_ = z.Close()
	return b.Bytes()
}

func unpacked(t *testing.T, b []byte) string {
	t.Helper()
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}
