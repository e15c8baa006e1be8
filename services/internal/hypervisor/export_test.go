package hypervisor

import (
	"errors"

	"libvirt.org/go/libvirt"
)

// Raw runs a function of the binding as the Conn runs its own: for tests of
// failures that no verb of the Conn can meet yet.
func (c *Conn) Raw(f func(*libvirt.Connect) error) error {
	return c.call("raw", func() error { return f(c.conn) })
}

// Here translates an error of the binding while its details are at hand: a
// handle that is freed first takes them along.
func Here(err error) error { return translate(err) }

// ExplanationOf returns the name of the explanation that fits the failure.
func ExplanationOf(err error) string {
	var f *failure
	if !errors.As(err, &f) {
		return ""
	}
	e, _ := explain(f)
	return e.name
}

// An Explanation is what an explanation tells, and when.
type Explanation struct{ Name, Says, Cause, Hint string }

// Explanations returns all of them, in their order.
func Explanations() []Explanation {
	var all []Explanation
	for _, e := range explanations {
		all = append(all, Explanation{e.name, e.says, e.cause, e.hint})
	}
	return all
}

// Mistake makes c take the VM of the UUID for another one that is gone and had a
// name before all others, as it does for a moment when one came and one went and
// the events are still under way. It returns false when nothing is known yet.
func (c *Conn) Mistake(vm string) bool {
	known := c.knownOf(c.turn())
	for id := range known {
		if id.String() == vm {
			delete(known, id)
			id[0] ^= 0xff
			known[id] = identity{id: id.String()}
			rank(known)
			return true
		}
	}
	return false
}
