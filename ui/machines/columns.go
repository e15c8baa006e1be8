package machines

import (
	"cmp"
	"net/netip"
	"strings"

	"fyne.io/fyne/v2/lang"
	"github.com/maruel/natural"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// hostColumn is the ID of the column that is shown with several hosts only.
const hostColumn = "host"

type column = kit.Column[parts.Machine]

// columns are what the table of machines can show.
func (m *Machines) columns() []column {
	return []column{
		{ID: "name", Title: lang.L("Name"), Width: 160, Min: 100, Flex: 1, Cell: faded(nameCell), Less: byName},
		{ID: "state", Title: lang.L("State"), Width: 120, Cell: faded(stateCell), Less: byState},
		{ID: "cpu", Title: lang.L("CPU"), Width: 106, Drop: 4, Cell: faded(cpuCell), Less: byCPU},
		{ID: "trail", Title: lang.L("Load"), Width: 90, Drop: 9, Hidden: true, Cell: faded(trailCell), Less: byCPU},
		{ID: "memory", Title: lang.L("Memory"), Width: 104, Trailing: true, Drop: 3, Cell: faded(memoryCell), Less: byMemory},
		{ID: "address", Title: lang.L("Address"), Width: 116, Drop: 1, Cell: faded(m.addressCell), Less: m.byAddress},
		{ID: hostColumn, Title: lang.L("Host"), Width: 90, Drop: 2, Hidden: true, Cell: hostCell, Less: byHost},
		{ID: "title", Title: lang.L("Title"), Width: 140, Drop: 5, Hidden: true, Cell: textCell(func(r parts.Machine) string { return r.Title })},
		{ID: "os", Title: lang.L("System"), Width: 130, Drop: 10, Hidden: true, Cell: textCell(systemName), Less: bySystem},
		{ID: "tags", Title: lang.L("Tags"), Width: 120, Drop: 6, Hidden: true, Cell: textCell(func(r parts.Machine) string { return strings.Join(r.Tags, ", ") })},
		{ID: "vcpus", Title: lang.L("vCPU"), Width: 60, Trailing: true, Drop: 7, Hidden: true, Cell: vcpuCell, Less: byVCPU},
		{ID: "autostart", Title: lang.L("Starts with host"), Width: 110, Drop: 8, Hidden: true, Cell: autostartCell, Less: byAutostart},
	}
}

// faded mutes what was known of a host that does not answer now.
func faded(cell func(parts.Machine) kit.Cell) func(parts.Machine) kit.Cell {
	return func(r parts.Machine) kit.Cell {
		if r.Stale() {
			return cell(r).Faded()
		}
		return cell(r)
	}
}

func nameCell(r parts.Machine) kit.Cell { return kit.NameCell(r.Name) }

func stateCell(r parts.Machine) kit.Cell {
	look := parts.LookOf(r.State)
	return kit.StateCell(look.Word, look.Icon, look.Token)
}

func cpuCell(r parts.Machine) kit.Cell {
	if !r.HasRates || r.Stale() {
		return kit.NoCell()
	}
	return kit.UsageCell(r.Rates.CPUPercent/100, parts.Percent(r.Rates.CPUPercent))
}

func trailCell(r parts.Machine) kit.Cell {
	if !r.HasRates || r.Stale() {
		return kit.NoCell()
	}
	return kit.TrailCell(r.Rates.Trail, parts.Percent(r.Rates.CPUPercent))
}

func memoryCell(r parts.Machine) kit.Cell {
	if r.Memory == 0 { // not read yet
		return kit.NoCell()
	}
	if !r.HasRates || r.Rates.MemMax == 0 {
		return kit.SmallCell(parts.Size(r.Memory))
	}
	return kit.SmallCell(parts.SizeOf(r.Rates.MemUsed, r.Rates.MemMax))
}

func (m *Machines) addressCell(r parts.Machine) kit.Cell {
	if address := m.inventory.Address(r); address != "" {
		return kit.MonoCell(address)
	}
	return kit.NoCell()
}

func hostCell(r parts.Machine) kit.Cell { return kit.MutedCell(string(r.Host)) }

func vcpuCell(r parts.Machine) kit.Cell { return kit.SmallCell(parts.Count(int(r.VCPUs))) } // a few hundred at most

func autostartCell(r parts.Machine) kit.Cell {
	if r.Autostart {
		return kit.SmallCell(lang.L("Yes"))
	}
	return kit.NoCell()
}

func textCell(text func(parts.Machine) string) func(parts.Machine) kit.Cell {
	return func(r parts.Machine) kit.Cell {
		if words := text(r); words != "" {
			return kit.MutedCell(words)
		}
		return kit.NoCell()
	}
}

func systemName(r parts.Machine) string { return parts.SystemName(r.OS) }

func byName(a, b parts.Machine) bool {
	return cmp.Or(compareNames(a.Name, b.Name), cmp.Compare(a.Host, b.Host)) < 0
}

// compareNames orders names whatever their case, and vm-2 before vm-10.
func compareNames(a, b string) int { return natural.Compare(strings.ToLower(a), strings.ToLower(b)) }

// stateOrder puts what wants attention or is alive first.
var stateOrder = map[virt.VMState]int{
	virt.StateCrashed: 1, virt.StateRunning: 2, virt.StateShuttingDown: 3, virt.StatePaused: 4,
	virt.StateSuspended: 5, virt.StateSaved: 6, virt.StateShutoff: 7, virt.StateUnknown: 8,
}

func byState(a, b parts.Machine) bool  { return stateOrder[a.State] < stateOrder[b.State] }
func byCPU(a, b parts.Machine) bool    { return a.Rates.CPUPercent < b.Rates.CPUPercent }
func byMemory(a, b parts.Machine) bool { return a.Memory < b.Memory }
func bySystem(a, b parts.Machine) bool {
	return strings.ToLower(systemName(a)) < strings.ToLower(systemName(b))
}
func byHost(a, b parts.Machine) bool      { return a.Host < b.Host }
func byVCPU(a, b parts.Machine) bool      { return a.VCPUs < b.VCPUs }
func byAutostart(a, b parts.Machine) bool { return a.Autostart && !b.Autostart }

// byAddress orders addresses as numbers; machines without one come last.
func (m *Machines) byAddress(a, b parts.Machine) bool {
	x, errX := netip.ParseAddr(m.inventory.KnownAddress(a.Ref()))
	y, errY := netip.ParseAddr(m.inventory.KnownAddress(b.Ref()))
	if errX != nil || errY != nil {
		return errX == nil && errY != nil
	}
	return x.Less(y)
}
