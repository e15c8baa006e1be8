package hypervisor

import "libvirt.org/go/libvirt"

// each hands every handle of a list to f and frees them all. What went away
// meanwhile, which f's failure with the code gone says, is left out. It MUST run
// within call.
func each[T any, P interface {
	*T
	Free() error
}](list func() ([]T, error), gone libvirt.ErrorNumber, f func(P) error) error {
	handles, err := list()
	if err != nil {
		return err
	}
	defer func() {
		for i := range handles {
			_ = P(&handles[i]).Free()
		}
	}()
	for i := range handles {
		if err := translate(f(&handles[i])); err != nil && !hasCode(err, gone) {
			return err
		}
	}
	return nil
}
