package machines

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// stateChips let through the machines of one state, or all.
type stateChips struct {
	content *fyne.Container
	all     *kit.FilterChip
	states  []stateChip
	changed func()
}

type stateChip struct {
	*kit.FilterChip
	state virt.VMState
}

func newStateChips(changed func()) *stateChips {
	c := &stateChips{changed: changed}
	c.all = kit.NewFilterChip(lang.L("All"), func(bool) { c.choose(nil) })
	c.all.SetOn(true)
	c.content = kit.Row(8, c.all)
	for _, state := range []virt.VMState{virt.StateRunning, virt.StatePaused, virt.StateShutoff, virt.StateSaved, virt.StateCrashed} {
		chip := stateChip{state: state}
		chip.FilterChip = kit.NewFilterChip(parts.LookOf(state).Word, func(on bool) {
			if !on {
				c.choose(nil)
			} else {
				c.choose(chip.FilterChip)
			}
		})
		chip.Hide()
		c.states = append(c.states, chip)
		c.content.Add(chip.FilterChip)
	}
	return c
}

// choose switches one chip on and the others off.
func (c *stateChips) choose(one *kit.FilterChip) {
	c.all.SetOn(one == nil)
	for _, chip := range c.states {
		chip.SetOn(chip.FilterChip == one)
	}
	c.changed()
}

// clear lets all through again, without telling.
func (c *stateChips) clear() {
	c.all.SetOn(true)
	for _, chip := range c.states {
		chip.SetOn(false)
	}
}

// count shows how many machines there are of each state; a chip for none is
// hidden unless it is on.
func (c *stateChips) count(machines []parts.Machine) {
	count := map[virt.VMState]int{}
	for _, m := range machines {
		count[m.State]++
	}
	c.all.SetCount(parts.Count(len(machines)))
	for _, chip := range c.states {
		chip.SetCount(parts.Count(count[chip.state]))
		if count[chip.state] == 0 && !chip.On() {
			chip.Hide()
		} else {
			chip.Show()
		}
	}
	c.content.Refresh()
}

// lets says whether the machine is let through.
func (c *stateChips) lets(m parts.Machine) bool {
	for _, chip := range c.states {
		if chip.On() {
			return chip.state == m.State
		}
	}
	return true
}
