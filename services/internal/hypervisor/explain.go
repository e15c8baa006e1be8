package hypervisor

import (
	"regexp"
	"slices"
	"sync"

	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// An explanation is what we know of one way in which libvirt fails. libvirt has
// one code for many failures ("internal error" for whatever QEMU says while it
// starts), so an explanation may look at the sentence as well. Where a sentence
// is translated or worded anew by another libvirt, no explanation fits and
// libvirt's own text stands alone: nothing is guessed.
//
// Cause and hint are whole English sentences without names, because they are
// the keys of translations; the names stand in libvirt's text beside them. Where
// a failure has more than one possible cause, the cause says so.
type explanation struct {
	name  string                // for tests and logs; unique
	codes []libvirt.ErrorNumber // any of them; none: every code
	says  string                // a regular expression found in libvirt's sentence; empty: every sentence
	kind  virt.ErrorKind        // instead of the code's kind; empty keeps that
	cause string
	hint  string
}

// explanations are all there are; the first that fits is taken, so that the
// particular stands before the general.
var explanations = slices.Concat(
	explainHosts, explainStorage, explainSnapshots, explainNetworks, explainDevices, explainMachines, explainStarts,
)

// sentences give the compiled expressions, by place in explanations. Each is
// compiled when it is first looked for, for a program that succeeds needs few.
var sentences = func() []func() *regexp.Regexp {
	all := make([]func() *regexp.Regexp, len(explanations))
	for i, e := range explanations {
		all[i] = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(e.says) })
	}
	return all
}()

// explain returns what is known of a failure.
func explain(f *failure) (explanation, bool) {
	for i, e := range explanations {
		if len(e.codes) > 0 && !slices.Contains(e.codes, f.code) {
			continue
		}
		if len(e.codes) == 0 && f.code == libvirt.ERR_NO_DOMAIN {
			continue // it says all, and is the good answer to whoever wants a new name
		}
		if e.says == "" || sentences[i]().MatchString(f.message) {
			return e, true
		}
	}
	return explanation{}, false
}

// failed is the error of a failure: its kind, and cause and hint where we know them.
func (f *failure) failed() *virt.Error {
	e, known := explain(f)
	if !known {
		return &virt.Error{Kind: f.kind(), Err: f}
	}
	kind := e.kind
	if kind == "" {
		kind = f.kind()
	}
	return &virt.Error{Kind: kind, Err: f, Cause: e.cause, Hint: e.hint}
}
