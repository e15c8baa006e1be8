package virt

import "strings"

// Pick finds the one item that a person's word names: a name, uuid:UUID, or a
// bare UUID when no name equals it.
func Pick[T any](items []T, kind Kind, word string, ref func(T) Ref) (T, error) {
	id, byID := strings.CutPrefix(word, "uuid:")
	if !byID {
		for _, item := range items {
			if ref(item).Name == word {
				return item, nil
			}
		}
	}
	for _, item := range items {
		if strings.EqualFold(ref(item).ID, id) {
			return item, nil
		}
	}
	var none T
	return none, &Error{
		Kind: KindNotFound, Ref: Ref{Kind: kind, Name: word},
		Err: Errorf(KindNotFound, "no %s is called %q", kind, shorten(word)), Hint: "List what there is and check the name and the host.",
	}
}
