package event

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

func vmEvent(host string, n int, detail string) virt.Event {
	ref := virt.Ref{Host: virt.HostID(host), Kind: virt.KindVM, ID: strconv.Itoa(n)}
	return virt.Event{Kind: virt.VMChanged, Ref: ref, Detail: detail, Time: time.Unix(1, 0)}
}

func receive(t *testing.T, from <-chan virt.Event) virt.Event {
	t.Helper()
	select {
	case e := <-from:
		return e
	case <-time.After(10 * time.Second):
		t.Fatal("no event came")
		return virt.Event{}
	}
}

// drain publishes a marker and returns what came before it.
func drain(t *testing.T, b *Bus, from <-chan virt.Event) (got []virt.Event) {
	t.Helper()
	marker := virt.Event{Kind: virt.SettingChanged, Ref: virt.Ref{Host: "marker", Kind: virt.KindSetting, ID: "marker"}}
	b.Publish(marker)
	for {
		e := receive(t, from)
		if keyOf(e) == keyOf(marker) {
			return got
		}
		got = append(got, e)
	}
}

func TestPublisherNeverWaitsForASleepingSubscriber(t *testing.T) {
	b := New()
	news, stopNews := b.Subscribe()
	all, stopAll := b.SubscribeAll()
	defer stopNews()
	defer stopAll()

	const events = 20_000
	begin := time.Now()
	for i := range events {
		b.Publish(vmEvent("lab", i, ""))
	}

	if took := time.Since(begin); took > events*time.Millisecond {
		t.Fatalf("%d events took %v, fewer than 1,000 a second", events, took)
	}
	for name, ch := range map[string]<-chan virt.Event{"news": news, "all": all} {
		var resyncs int
		for _, e := range drain(t, b, ch) {
			if e.Kind == virt.Resync && e.Ref.Same(virt.HostRef("lab")) {
				resyncs++
			}
		}
		if resyncs != 1 {
			t.Errorf("%s: the subscriber found %d resyncs, want 1", name, resyncs)
		}
	}
}

func TestNewsOfOneThingCoalesceInThePlaceOfTheFirst(t *testing.T) {
	q := newNewsQueue(100)
	for _, e := range []virt.Event{vmEvent("lab", 1, "a"), vmEvent("lab", 2, "b"), vmEvent("lab", 1, "c"), vmEvent("other", 1, "d")} {
		q.put(e)
	}

	var got []string
	for e, ok := q.take(); ok; e, ok = q.take() {
		got = append(got, e.Detail)
	}

	if want := "[c b d]"; fmt.Sprint(got) != want {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestWatchersHearEveryEventInOrder(t *testing.T) {
	b := New()
	all, stop := b.SubscribeAll()
	defer stop()
	for i := range 1000 {
		b.Publish(vmEvent("lab", 7, strconv.Itoa(i)))
	}
	for i := range 1000 {
		if e := receive(t, all); e.Detail != strconv.Itoa(i) {
			t.Fatalf("event %d is %q", i, e.Detail)
		}
	}
}

func TestOverflowLeavesOneResyncForEachHost(t *testing.T) {
	for name, q := range map[string]queue{"news": newNewsQueue(10), "all": newFullQueue(10)} {
		for i := range 11 {
			q.put(vmEvent("host"+strconv.Itoa(i%2), i, ""))
		}
		var got []virt.HostID
		for e, ok := q.take(); ok; e, ok = q.take() {
			if e.Kind != virt.Resync {
				t.Errorf("%s: %s survived the overflow", name, e.Kind)
			}
			got = append(got, e.Ref.Host)
		}
		if want := "[host0 host1]"; fmt.Sprint(got) != want {
			t.Errorf("%s: resyncs of %v, want %v", name, got, want)
		}
	}
}

// Whatever is published and taken in whatever order: the last news of each
// thing arrives, or a Resync of its host after it was published.
func TestNoNewsIsLostWithoutAResync(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		q := newNewsQueue(8)
		owed := map[key]virt.Event{} // the last event of a thing that nobody heard of yet
		heard := func(e virt.Event) {
			for k, o := range owed {
				if (e.Kind == virt.Resync && k.ref.Host == e.Ref.Host) || (keyOf(e) == k && e.Detail == o.Detail) {
					delete(owed, k)
				}
			}
		}
		for i := range 500 {
			if random.IntN(3) == 0 {
				if e, ok := q.take(); ok {
					heard(e)
				}
				continue
			}
			e := vmEvent("host"+strconv.Itoa(random.IntN(3)), random.IntN(20), strconv.Itoa(i))
			owed[keyOf(e)] = e
			q.put(e)
			if len(q.order) > 8 || len(q.latest) != len(q.order) {
				t.Fatalf("seed %d: %d events wait under %d keys", seed, len(q.order), len(q.latest))
			}
		}
		for e, ok := q.take(); ok; e, ok = q.take() {
			heard(e)
		}
		if len(owed) > 0 {
			t.Fatalf("seed %d: never heard of %v", seed, owed)
		}
	}
}

func TestSubscribersComeAndGoWhileEventsFlow(t *testing.T) {
	b := New()
	done := make(chan struct{})
	var publishers, subscribers sync.WaitGroup
	for range 2 {
		publishers.Add(1)
		go func() {
			defer publishers.Done()
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
					b.Publish(vmEvent("lab", i%10, ""))
				}
			}
		}()
	}
	for range 4 {
		subscribers.Add(1)
		go func() {
			defer subscribers.Done()
			for range 50 {
				news, stop := b.Subscribe()
				<-news
				stop()
				stop() // twice is harmless
				for range news {
					t.Error("an event came after the end of the subscription")
				}
			}
		}()
	}
	subscribers.Wait()
	close(done)
	publishers.Wait()

	if len(b.subscribers) != 0 {
		t.Fatalf("%d subscribers are left", len(b.subscribers))
	}
}
