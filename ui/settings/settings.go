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
	cards           func() []card // nil for pages of another kind
}

// sections lists the pages in the order of the navigator.
func sections() []section {
	return []section{
		{id: "appearance", icon: "palette", title: lang.L("Appearance"), cards: appearance},
		{id: Keyboard, icon: "keyboard", title: lang.L("Keyboard")},
		{id: "hosts", icon: "server", title: lang.L("Hosts"), cards: hosts},
		{id: "new", icon: "monitor", title: lang.L("New machines"), cards: newMachines},
		{id: "console", icon: "terminal", title: lang.L("Console"), cards: consoles},
		{id: "confirmations", icon: "shield", title: lang.L("Confirmations"), cards: confirmations},
		{id: "machines", icon: "gauge", title: lang.L("Metrics and history"), cards: func() []card { return append(figures(), history()...) }},
		{id: "about", icon: "info", title: lang.L("About")},
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
	switch {
	case section.id == Keyboard:
		return newKeyboard(s, section.title)
	case section.cards == nil:
		return newAbout(s)
	}
	return newPage(s, section)
}

// Label returns what a work tab of the section is called, and its icon.
func (s *Settings) Label(ref virt.Ref) kit.WorkTab {
	section := find(ref.ID)
	return kit.WorkTab{Icon: section.icon, Name: section.title}
}
