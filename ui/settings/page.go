package settings

import (
	"context"
	"errors"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/setting"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
)

// formWidth is how wide the cards are at most.
const formWidth = 920

// A card is a group of rows.
type card struct {
	title, help string
	rows        []*row
}

// page is one section: cards of rows, each a setting.
type page struct {
	settings *Settings
	section  section
	view     *kit.View[[]setting.Value]
	values   map[string]setting.Value
	rows     []*row

	header   *parts.Header
	defaults *kit.Button
	banner   *fyne.Container
	content  fyne.CanvasObject
}

func newPage(s *Settings, section section) *page {
	p := &page{settings: s, section: section, values: map[string]setting.Value{}, banner: kit.Stack()}
	p.header = parts.NewHeader(section.title)
	p.header.SetFacts(lang.L("Saved at once, for this user on this computer"))
	p.defaults = kit.Quiet("undo-2", lang.L("Back to defaults"), p.reset)
	p.header.SetActions(p.defaults)
	cards := kit.Col(14)
	for _, c := range section.cards() {
		var lines []fyne.CanvasObject
		for _, r := range c.rows {
			r.make(p, r)
			p.rows = append(p.rows, r)
			lines = append(lines, r.line)
		}
		cards.Add(kit.NewSectionCard(c.title, c.help, lines...))
	}
	scroll := parts.Scrolled(kit.AtMost(formWidth, kit.Col(0, p.banner, cards)))
	p.content = kit.Responsive(fyne.NewSize(200, 200), parts.Frame(p.header, nil, scroll), func(fyne.Size) {})
	p.view = kit.NewView(s.kit, s.svc.Settings.List, p.show)
	p.view.SetVisible(false)
	s.kit.Follow(p.view, kit.OfKind(virt.SettingChanged))
	return p
}

// Content is part of kit.Page.
func (p *page) Content() fyne.CanvasObject { return p.content }

// SetVisible is part of kit.Page.
func (p *page) SetVisible(visible bool) { p.view.SetVisible(visible) }

// Close is part of kit.Page.
func (p *page) Close() { p.view.Stop() }

// Focusable returns what takes the keys on the page.
func (p *page) Focusable() fyne.Focusable { return p.rows[0].first }

// ShowTab gives the keyboard to the row of the setting of that name.
func (p *page) ShowTab(name string) {
	for _, r := range p.rows {
		if r.name == name {
			p.settings.kit.Win.Canvas().Focus(r.first)
		}
	}
}

// show takes the values as they are now.
func (p *page) show(values []setting.Value, err error) {
	p.banner.Objects = nil
	if err != nil {
		problem := kit.Explain(err)
		p.banner.Objects = []fyne.CanvasObject{kit.Pad(0, 0, 14, 0, kit.NewBanner(kit.ErrBanner,
			lang.L("The settings cannot be read"), problem.Why))}
	}
	p.banner.Refresh()
	p.content.Refresh()
	for _, v := range values {
		p.values[v.Name] = v
	}
	changed := false
	for _, r := range p.rows {
		if v, known := p.values[r.name]; known {
			r.take(v)
			changed = changed || v.Set
		}
	}
	if changed {
		p.defaults.Enable()
	} else {
		p.defaults.DisableBecause(lang.L("These are the defaults."))
	}
}

// save keeps a choice at once. What cannot be is said at its row.
func (p *page) save(r *row, text string) {
	before, known := p.values[r.name]
	if known && text == before.Text() {
		r.line.SetProblem("")
		r.mark(false)
		return
	}
	svc := p.settings.svc
	p.settings.kit.RunTo(func(ctx context.Context) error {
		if !known { // it was chosen before the page had read what there is
			all, err := svc.Settings.List(ctx)
			if err != nil {
				return err
			}
			if at := slices.IndexFunc(all, func(v setting.Value) bool { return v.Name == r.name }); at >= 0 {
				before = all[at]
			}
		}
		return svc.Settings.Set(ctx, r.name, text)
	}, func(err error) {
		r.mark(errors.Is(err, virt.ErrInvalid))
		switch {
		case errors.Is(err, virt.ErrInvalid):
			r.line.SetProblem(r.wrong)
		case err != nil:
			p.settings.kit.Show(err)
			r.take(before) // the control says what is true
		default:
			r.line.SetProblem("")
			p.offerUndo(lang.L("Setting changed"), r.label, []setting.Value{before})
		}
	})
}

// reset gives all settings of the section their defaults again.
func (p *page) reset() {
	var before []setting.Value
	for _, r := range p.rows {
		if v := p.values[r.name]; v.Set {
			before = append(before, v)
		}
	}
	svc := p.settings.svc
	p.settings.kit.RunThen(func(ctx context.Context) error {
		var failures []error
		for _, v := range before {
			failures = append(failures, svc.Settings.Reset(ctx, v.Name))
		}
		return errors.Join(failures...)
	}, func() { p.offerUndo(lang.L("Back to defaults"), p.section.title, before) })
}

// offerUndo tells what was changed and offers the values before.
func (p *page) offerUndo(title, text string, before []setting.Value) {
	svc, k := p.settings.svc, p.settings.kit
	k.Toast(kit.Toast{Title: title, Text: text, Action: lang.L("Undo"), Undo: true, Do: func() {
		k.Run(func(ctx context.Context) error {
			var failures []error
			for _, v := range before {
				if v.Set {
					failures = append(failures, svc.Settings.Set(ctx, v.Name, v.Text()))
				} else {
					failures = append(failures, svc.Settings.Reset(ctx, v.Name))
				}
			}
			return errors.Join(failures...)
		})
	}})
}
