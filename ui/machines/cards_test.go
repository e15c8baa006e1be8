package machines

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
)

// frame is how long the UI goroutine may take for a step that a person sees as
// smooth.
const frame = 33 * time.Millisecond

// runningHost is a host of libvirt's test driver with so many machines, all of
// which run.
func runningHost(t *testing.T, n int) (uri string) {
	t.Helper()
	type domain struct {
		Type   string `xml:"type,attr"`
		Name   string `xml:"name"`
		Memory uint64 `xml:"memory"` // KiB
		OS     string `xml:"os>type"`
	}
	var node struct {
		XMLName xml.Name `xml:"node"`
		Domains []domain `xml:"domain"`
	}
	for i := range n {
		node.Domains = append(node.Domains, domain{Type: "test", Name: fmt.Sprintf("vm-%04d", i), Memory: 1 << 10, OS: "hvm"})
	}
	text, err := xml.Marshal(node)
	path := filepath.Join(t.TempDir(), "host.xml")
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return "test://" + path
}

// cardsOf shows the machines of a host as cards in a window of 1280x800.
func cardsOf(t *testing.T, n int) (*kittest.Window, *tablePage) {
	t.Helper()
	svc, ctx := virttest.OpenURI(t, runningHost(t, n))
	if err := kit.LoadWords(); err != nil {
		t.Fatal(err)
	}
	w := kittest.OpenAs(t, ctx, svc)
	m := New(Options{Kit: w.Kit, Services: svc, Open: func(virt.Ref, string, bool) {}, Leave: func(virt.Ref) {}})
	p := newTablePage(m)
	t.Cleanup(p.Close)
	w.Win.SetContent(p.Content())
	w.Win.Resize(fyne.NewSize(1280, 800))
	p.SetVisible(true)
	w.Until("the machines are listed", func() bool { return len(p.table.Rows()) == n })
	p.showAs(true)
	w.Flush()
	return w, p
}

func keysOf(p *tablePage) []virt.Ref {
	var keys []virt.Ref
	for _, m := range p.table.VisibleRows() {
		keys = append(keys, m.Ref().Key())
	}
	return keys
}

func TestOfAThousandCardsOnlyTheVisibleOnesAskForPictures(t *testing.T) {
	w, p := cardsOf(t, 1000)
	seen := keysOf(p)
	if len(seen) < 9 || len(seen) > 24 {
		t.Fatalf("%d cards are visible", len(seen))
	}
	w.Until("two of them have pictures", func() bool { return len(p.thumbnails.taken) == 2 })
	p.table.ShowRow(itemID(p.table.Rows()[999].Ref()))
	late := keysOf(p)
	w.Until("one of the last ones has one", func() bool {
		return slices.ContainsFunc(late, func(vm virt.Ref) bool { return p.thumbnails.taken[vm].picture != nil })
	})

	first := time.Now()
	for _, picture := range p.thumbnails.taken {
		if picture.at.Before(first) {
			first = picture.at
		}
	}
	if taken, since := len(p.thumbnails.taken), time.Since(first); taken > 2+int(since/betweenPictures) {
		t.Errorf("%d pictures were taken within %v", taken, since)
	}
	for vm := range p.thumbnails.taken {
		if !slices.Contains(seen, vm) && !slices.Contains(late, vm) {
			t.Errorf("a picture of %s was taken", vm)
		}
	}
	if slices.Contains(seen, late[0]) || len(p.cards) > 2*len(late) {
		t.Errorf("%d cards were made to show %d", len(p.cards), len(late))
	}
}

func TestScrollingAThousandCardsKeepsTheFrame(t *testing.T) {
	w, p := cardsOf(t, 1000)
	steps := make([]time.Duration, 200)
	for i := range steps {
		began := time.Now()
		test.Scroll(w.Win.Canvas(), fyne.NewPos(600, 500), 0, -50)
		steps[i] = time.Since(began)
	}
	slices.Sort(steps)
	if keysOf(p)[0] == p.table.Rows()[0].Ref().Key() {
		t.Fatal("nothing was scrolled")
	}
	if median := steps[len(steps)/2]; median > frame {
		t.Errorf("half of the steps take longer than %v, want %v", median, frame)
	}
}
