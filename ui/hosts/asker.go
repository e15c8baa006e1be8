package hosts

import (
	"context"
	"slices"
	"sync"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// An Asker puts the questions on the way to hosts to the person at the window,
// one after the other. Questions that come before there is a window wait for it.
type Asker struct {
	mu      sync.Mutex
	kit     *kit.Kit // nil: no window yet
	waiting []*asked
	shown   *asked
}

// asked is a question and whoever waits for its answer.
type asked struct {
	question virt.Question
	answers  chan reply
	dialog   *kit.Dialog // once it is shown; of the UI goroutine
}

type reply struct {
	answer virt.Answer
	err    error
}

// NewAsker returns an Asker for services.Options.
func NewAsker() *Asker { return &Asker{} }

// Show asks in the kit's window from now on.
func (a *Asker) Show(k *kit.Kit) {
	a.mu.Lock()
	a.kit = k
	a.mu.Unlock()
	a.next()
}

// Ask is part of host.Asker.
func (a *Asker) Ask(ctx context.Context, q virt.Question) (virt.Answer, error) {
	one := &asked{question: q, answers: make(chan reply, 1)}
	a.mu.Lock()
	a.waiting = append(a.waiting, one)
	a.mu.Unlock()
	a.inWindow(a.next)
	select {
	case r := <-one.answers:
		return r.answer, r.err
	case <-ctx.Done():
		a.inWindow(func() { a.withdraw(one) })
		return virt.Answer{}, ctx.Err()
	}
}

// inWindow runs fn on the UI goroutine, if there is a window.
func (a *Asker) inWindow(fn func()) {
	a.mu.Lock()
	k := a.kit
	a.mu.Unlock()
	if k != nil {
		k.Do(fn)
	}
}

// next shows the question that has waited longest, unless one is shown.
func (a *Asker) next() {
	a.mu.Lock()
	if a.shown != nil || len(a.waiting) == 0 {
		a.mu.Unlock()
		return
	}
	a.shown, a.waiting = a.waiting[0], a.waiting[1:]
	one, k := a.shown, a.kit
	a.mu.Unlock()
	one.dialog = parts.NewQuestion(k, one.question, func(answer virt.Answer, err error) {
		one.answers <- reply{answer, err}
		a.done(one)
	})
	one.dialog.Open(k.Win.Canvas())
}

// withdraw takes away a question whose answer nobody waits for any more.
func (a *Asker) withdraw(one *asked) {
	if one.dialog != nil {
		one.dialog.Close()
	}
	a.mu.Lock()
	a.waiting = slices.DeleteFunc(a.waiting, func(w *asked) bool { return w == one })
	a.mu.Unlock()
	a.done(one)
}

func (a *Asker) done(one *asked) {
	a.mu.Lock()
	if a.shown == one {
		a.shown = nil
	}
	a.mu.Unlock()
	a.next()
}
