package kit_test

import (
	"testing"

	"github.com/kvmmanager/kvm-manager/ui/kit"
)

func TestATableThatIsLoadingHasRoomForItsSkeleton(t *testing.T) {
	s := openTable(t, nil, nil)
	without := s.HeightOf(0)
	s.SetLoading()
	s.element("Loading")
	if need, room := kit.NewSkeleton(8).MinSize().Height, s.HeightOf(0)-without; room < need {
		t.Errorf("the skeleton is %v high, the room for it %v", need, room)
	}
	s.SetRows(machines(1))
	if s.HeightOf(0) != without {
		t.Error("the room stays when there are rows")
	}
}
