package machines

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"testing"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
	"github.com/kvmmanager/kvm-manager/ui/kit/kittest"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

func machine(host virt.HostID, id string, state virt.VMState) parts.Machine {
	return parts.Machine{VM: virt.VM{ID: id, Name: id, Host: host, State: state}, HostState: virt.HostConnected}
}

func TestEveryHostIsAskedForOnePictureASecondAndEveryMachineForOneInTen(t *testing.T) {
	shown := []parts.Machine{machine("a", "1", virt.StateRunning), machine("a", "2", virt.StateRunning), machine("b", "3", virt.StateRunning), machine("a", "off", virt.StateShutoff)}
	far := machine("c", "4", virt.StateRunning)
	far.HostState = virt.HostOffline
	shown = append(shown, far)
	th := newThumbnails(nil, nil, func() []parts.Machine { return shown }, nil, nil)
	asked := map[string][]int{}
	start := time.Now()
	for tenth := range 400 {
		now := start.Add(time.Duration(tenth) * 100 * time.Millisecond)
		due := th.due(now)
		for host, m := range due {
			asked[m.ID] = append(asked[m.ID], tenth)
			th.asked[host] = now
			th.taken[m.Ref().Key()] = thumbnail{at: now}
		}
	}
	for id, want := range map[string]int{"1": 0, "2": 10, "3": 0} {
		times := asked[id]
		if len(times) != 4 || times[0] != want {
			t.Errorf("machine %s was asked at %v tenths of a second", id, times)
		}
	}
	if len(asked) != 3 {
		t.Errorf("asked were %v", asked)
	}
}

func TestAHostThatHasNotAnsweredIsNotAskedForMore(t *testing.T) {
	th := newThumbnails(nil, nil, func() []parts.Machine { return []parts.Machine{machine("a", "1", virt.StateRunning)} }, nil, nil)
	th.busy["a"] = true
	if due := th.due(time.Now()); len(due) != 0 {
		t.Errorf("due are %v", due)
	}
}

func TestThePictureIsTheMachinesScreenMadeSmall(t *testing.T) {
	svc, ctx := virttest.Open(t, "one-running-vm.xml")
	vm := virttest.Only(t, svc, ctx)
	w := kittest.OpenAs(t, ctx, svc)
	shown := []parts.Machine{{VM: vm, HostState: virt.HostConnected}}
	var told []virt.Ref
	th := newThumbnails(w.Kit, svc, func() []parts.Machine { return shown },
		func() image.Point { return image.Pt(200, 108) }, func(vm virt.Ref) { told = append(told, vm) })

	th.run(true)

	w.Until("there is a picture", func() bool { return th.of(shown[0]) != nil })
	th.run(false)
	size := th.of(shown[0]).Bounds().Size()
	if size.X > 200 || size.Y > 108 || size.X != 200 && size.Y != 108 {
		t.Errorf("the picture measures %v", size)
	}
	if len(told) != 1 || !told[0].Same(vm.Ref()) {
		t.Errorf("told were %v", told)
	}
	shown[0].State = virt.StateShutoff
	if th.of(shown[0]) != nil {
		t.Error("a machine that is off shows a picture")
	}
}

func TestNoPictureIsTakenOfWhatIsNotLookedAt(t *testing.T) {
	svc, ctx := virttest.Open(t, "one-running-vm.xml")
	w := kittest.OpenAs(t, ctx, svc)
	looks := 0
	th := newThumbnails(w.Kit, svc, func() []parts.Machine { looks++; return nil }, nil, nil)
	th.run(true)
	th.run(false)
	ctx, cancel := context.WithTimeout(ctx, 3*betweenPictures/2)
	defer cancel()
	w.Until("a second has passed", func() bool { return ctx.Err() != nil })
	if looks != 1 {
		t.Errorf("looked %d times", looks)
	}
}

func TestOnlyTheNewestPicturesAreKept(t *testing.T) {
	th := newThumbnails(nil, nil, nil, nil, nil)
	start := time.Now()
	for i := range mostPictures + 3 {
		th.taken[machine("a", strconv.Itoa(i), virt.StateRunning).Ref().Key()] = thumbnail{at: start.Add(time.Duration(i))}
	}
	th.forgetOldest()
	if _, kept := th.taken[machine("a", "2", virt.StateRunning).Ref().Key()]; kept || len(th.taken) != mostPictures {
		t.Errorf("%d are kept, the third %v", len(th.taken), kept)
	}
}

func TestASmallScreenIsNotMadeLarger(t *testing.T) {
	small := image.NewRGBA(image.Rect(0, 0, 20, 10))
	small.Set(3, 4, color.RGBA{200, 100, 50, 255})
	var file bytes.Buffer
	if err := png.Encode(&file, small); err != nil {
		t.Fatal(err)
	}
	got, err := scaled(file.Bytes(), image.Pt(300, 108))
	if err != nil || got.Bounds() != small.Bounds() || !bytes.Equal(got.(*image.RGBA).Pix, small.Pix) {
		t.Errorf("got %v, %v", got.Bounds(), err)
	}
	if _, err := scaled([]byte("no picture"), image.Pt(300, 108)); err == nil {
		t.Error("what is no picture was read")
	}
}
