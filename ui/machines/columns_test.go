package machines

import (
	"slices"
	"testing"
)

func TestNamesAreOrderedAsPeopleCount(t *testing.T) {
	names := []string{"vm-10", "Web", "vm-9b", "db", "vm-2", "vm-1", "web2", "vm-09"}
	slices.SortStableFunc(names, compareNames)
	if want := []string{"db", "vm-1", "vm-2", "vm-09", "vm-9b", "vm-10", "Web", "web2"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}
