package console

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/vm"
	"github.com/kvmmanager/kvm-manager/ui/kit"
)

// serials show either a machine's screen or one of its serial ports and consoles,
// and the choice between them, which only machines with several ways have. One
// without a screen shows its first port by itself.
type serials struct {
	kit    *kit.Kit
	svc    *services.Services
	vm     virt.Ref
	screen *view
	facts  *kit.View[serialFacts]

	onChange func() // what is known of the machine, or what is shown, is new

	visible bool
	known   bool
	found   vm.Consoles
	row     virt.VM
	chosen  string // the key of a port, or empty for the screen
	wished  string // what is to be chosen once it is known
	ports   map[string]*serialView

	chooser *fyne.Container // the choice, and what belongs to the terminal
	bar     *fyne.Container // chooser, hidden while it is empty
	shown   []string        // the labels of the choice
	choice  *kit.Segmented
	tools   *fyne.Container
	body    *fyne.Container
}

// serialFacts are what decides what can be shown.
type serialFacts struct {
	row   virt.VM
	found vm.Consoles
}

func newSerials(k *kit.Kit, svc *services.Services, machine virt.Ref, screen *view) *serials {
	s := &serials{kit: k, svc: svc, vm: machine, screen: screen, onChange: func() {}, ports: map[string]*serialView{}}
	find := kit.SecondaryIcon("search", lang.L("Find in the terminal"), func() { s.current().find.open() }).Small()
	menu := kit.IconMenuButton("ellipsis", lang.L("Terminal"), func() []kit.MenuItem { return s.current().menu() }).Small()
	s.tools = kit.Row(8, find, menu)
	s.tools.Hide()
	s.chooser = kit.Row(8)
	s.bar = kit.Row(0, s.chooser)
	s.bar.Hide()
	s.body = kit.Stack(screen.content)
	s.facts = kit.NewView(k, func(ctx context.Context) (serialFacts, error) {
		row, err := svc.VMs.One(ctx, machine)
		if err != nil {
			return serialFacts{}, err
		}
		found, err := svc.VMs.Consoles(ctx, machine)
		return serialFacts{row, found}, err
	}, s.take)
	s.facts.SetVisible(false)
	k.Follow(s.facts, kit.About(machine))
	return s
}

// keyOf names a port for as long as the machine has it.
func keyOf(p vm.Port) string { return portName(p) }

// current is the port that is shown, nil for the screen.
func (s *serials) current() *serialView { return s.ports[s.chosen] }

// take gets what was loaded; after a failure what was known stays.
func (s *serials) take(facts serialFacts, err error) {
	if err != nil {
		return
	}
	s.known, s.found, s.row = true, facts.found, facts.row
	for _, p := range s.found.Ports {
		if v := s.ports[keyOf(p)]; v != nil {
			v.take(s.row, p)
		}
	}
	switch wished := s.wished; {
	case wished != "" && s.has(wished):
		s.choose(wished)
	case s.current() == nil || !s.has(s.chosen):
		s.settle()
	}
	s.wished = ""
	s.showChoice()
}

// settle chooses for a person who has not, or whose choice is gone.
func (s *serials) settle() {
	s.choose("")
	if !s.found.Screen && len(s.found.Ports) > 0 {
		s.choose(keyOf(s.found.Ports[0]))
	}
}

func (s *serials) has(key string) bool {
	return slices.ContainsFunc(s.found.Ports, func(p vm.Port) bool { return keyOf(p) == key })
}

// choose shows a port, or with an empty key the screen.
func (s *serials) choose(key string) {
	if key == s.chosen {
		return
	}
	s.setShown(false)
	s.chosen = key
	if key != "" && s.ports[key] == nil {
		i := slices.IndexFunc(s.found.Ports, func(p vm.Port) bool { return keyOf(p) == key })
		v := newSerialView(s.kit, s.svc, s.vm, s.found.Ports[i], s.facts.Changed)
		v.take(s.row, s.found.Ports[i])
		s.ports[key] = v
	}
	s.body.Objects = []fyne.CanvasObject{s.content()}
	s.body.Refresh()
	s.setShown(s.visible)
	s.showChoice()
}

func (s *serials) content() fyne.CanvasObject {
	if v := s.current(); v != nil {
		return v.content
	}
	return s.screen.content
}

// labels are the ways to choose from, and their keys.
func (s *serials) labels() (labels, keys []string) {
	if s.found.Screen {
		labels, keys = append(labels, lang.L("Screen")), append(keys, "")
	}
	for _, p := range s.found.Ports {
		labels, keys = append(labels, portName(p)), append(keys, keyOf(p))
	}
	return labels, keys
}

// mostSegments is how many ways fit side by side; more are a list.
const mostSegments = 5

func (s *serials) showChoice() {
	labels, keys := s.labels()
	if !slices.Equal(labels, s.shown) {
		s.shown = labels
		s.chooser.Objects = nil
		s.choice = nil
		switch {
		case len(labels) > mostSegments:
			s.chooser.Add(kit.MenuButton(lang.L("Consoles"), s.menu).Small())
		case len(labels) > 1:
			s.choice = kit.NewSegmented(lang.L("What is shown"), func(i int) { s.choose(keys[i]) }, labels...)
			s.chooser.Add(s.choice)
		}
		s.chooser.Add(s.tools)
	}
	if s.choice != nil {
		s.choice.Choose(max(0, slices.Index(keys, s.chosen)))
	}
	s.tools.Hidden = s.current() == nil
	s.bar.Hidden = len(labels) < 2 && s.current() == nil
	s.chooser.Refresh()
	s.bar.Refresh()
	s.onChange()
}

func (s *serials) menu() []kit.MenuItem {
	labels, keys := s.labels()
	items := make([]kit.MenuItem, 0, len(labels))
	for i, label := range labels {
		items = append(items, kit.MenuItem{Label: label, Checked: keys[i] == s.chosen, Do: func() { s.choose(keys[i]) }})
	}
	return items
}

// name is the machine's.
func (s *serials) name() string {
	if s.known {
		return s.row.Name
	}
	return s.screen.vm.Name
}

// setVisible says whether what is shown can be seen.
func (s *serials) setVisible(visible bool) {
	s.visible = visible
	s.facts.SetVisible(visible)
	s.setShown(visible)
}

func (s *serials) setShown(visible bool) {
	if v := s.current(); v != nil {
		v.setVisible(visible)
	} else {
		s.screen.setVisible(visible)
	}
}

// focusable is what takes the keys.
func (s *serials) focusable() fyne.Focusable {
	if v := s.current(); v != nil {
		return v.terminal
	}
	return s.screen.screen
}

func (s *serials) takeKeyboard() { s.kit.Win.Canvas().Focus(s.focusable()) }

// close ends everything but the screen, which has an owner.
func (s *serials) close() {
	s.facts.Stop()
	for _, v := range s.ports {
		v.close()
	}
}
