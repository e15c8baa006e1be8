// Package settings shows what a person can choose about the program. Every
// choice is kept at once and can be taken back.
package settings

import (
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// Options say how the settings fit into their window.
type Options struct {
	Kit      *kit.Kit
	Services *services.Services
	// Open shows a section.
	Open func(section virt.Ref)
}

// Settings are the pages of one window about the program's settings.
type Settings struct {
	kit  *kit.Kit
	svc  *services.Services
	open func(section virt.Ref)
}

// New makes the pages' common part.
func New(o Options) *Settings { return &Settings{kit: o.Kit, svc: o.Services, open: o.Open} }

// A section is one page of settings.
type section struct {
	id, icon, title string
	cards           func() []card // nil for the page about the program
}

// sections lists the pages in the order of the navigator.
func sections() []section {
	return []section{
		{"appearance", "palette", lang.L("Appearance"), appearance},
		{"hosts", "server", lang.L("Hosts"), hosts},
		{"machines", "monitor", lang.L("Machines"), figures},
		{"confirmations", "shield", lang.L("Confirmations"), confirmations},
		{"about", "info", lang.L("About"), nil},
	}
}

// find returns the section of the ID; an unknown or empty one is the first.
func find(id string) section {
	all := sections()
	for _, s := range all {
		if s.id == id {
			return s
		}
	}
	return all[0]
}

func (s section) ref() virt.Ref {
	return virt.Ref{Kind: virt.KindSetting, ID: s.id, Name: s.title}
}

// Page makes the page of the section that ref points to, or of the first one.
func (s *Settings) Page(ref virt.Ref) kit.Page {
	section := find(ref.ID)
	if section.cards == nil {
		return newAbout(s)
	}
	return newPage(s, section)
}

// Label returns what a work tab of the section is called, and its icon.
func (s *Settings) Label(ref virt.Ref) kit.WorkTab {
	section := find(ref.ID)
	return kit.WorkTab{Icon: section.icon, Name: section.title}
}
