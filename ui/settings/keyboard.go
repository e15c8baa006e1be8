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

// noKeys is the text of a setting that takes an action's combination away.
const noKeys = "none"

// keyboard is the page with the key combinations of the window.
type keyboard struct {
	settings *Settings
	title    string
	view     *kit.View[map[string]string]
	chosen   map[string]string
	rows     []*keyRow
	defaults *kit.Button
	content  fyne.CanvasObject
}

// keyRow is one action.
type keyRow struct {
	shortcut kit.Shortcut
	field    *kit.KeyField
	back     *kit.Button
	line     *kit.FormRow
}

func newKeyboard(s *Settings, title string) *keyboard {
	p := &keyboard{settings: s, title: title}
	header := parts.NewHeader(title)
	header.SetFacts(lang.L("Press a combination to change it. Esc leaves it as it is, Backspace takes it away."))
	p.defaults = kit.Quiet("undo-2", lang.L("Back to defaults"), func() { p.reset(p.rows...) })
	header.SetActions(p.defaults)
	cards := kit.Col(14)
	var group string
	var lines []fyne.CanvasObject
	flush := func() {
		if len(lines) > 0 {
			cards.Add(kit.NewSectionCard(group, "", lines...))
		}
		lines = nil
	}
	for _, shortcut := range s.kit.Shortcuts.List() {
		if shortcut.Group != group {
			flush()
			group = shortcut.Group
		}
		lines = append(lines, p.newRow(shortcut).line)
	}
	flush()
	scroll := parts.Scrolled(kit.AtMost(formWidth, cards))
	p.content = kit.Responsive(fyne.NewSize(200, 200), parts.Frame(header, nil, scroll), func(fyne.Size) {})
	p.view = kit.NewView(s.kit, func(context.Context) (map[string]string, error) { return s.svc.Settings.Keys(), nil }, p.show)
	p.view.SetVisible(false)
	s.kit.Follow(p.view, kit.OfKind(virt.SettingChanged))
	return p
}

func (p *keyboard) newRow(shortcut kit.Shortcut) *keyRow {
	r := &keyRow{shortcut: shortcut}
	r.field = kit.NewKeyField(shortcut.Name, func(keys kit.Keys) { p.choose(r, keys) })
	r.back = kit.IconButton("undo-2", "", func() { p.reset(r) })
	r.back.SetName(lang.L("Back to {{.Keys}}", map[string]any{"Keys": p.own(shortcut.ID)}))
	r.back.Hide()
	r.line = kit.NewSettingRow(shortcut.Name, "", kit.Row(8, r.back, r.field))
	p.rows = append(p.rows, r)
	return r
}

// own is the combination that the action has where nobody chose another.
func (p *keyboard) own(id string) string {
	if keys := p.settings.kit.Shortcuts.Own(id); len(keys) > 0 {
		return keys[0].String()
	}
	return ""
}

// Content is part of kit.Page.
func (p *keyboard) Content() fyne.CanvasObject { return p.content }

// SetVisible is part of kit.Page.
func (p *keyboard) SetVisible(visible bool) { p.view.SetVisible(visible) }

// Close is part of kit.Page.
func (p *keyboard) Close() { p.view.Stop() }

// Focusable returns what takes the keys on the page.
func (p *keyboard) Focusable() fyne.Focusable {
	if len(p.rows) == 0 {
		return nil
	}
	return p.rows[0].field
}

// show takes the combinations that were chosen.
func (p *keyboard) show(chosen map[string]string, _ error) {
	p.chosen = chosen
	for _, r := range p.rows {
		keys, other := chosen[r.shortcut.ID]
		switch {
		case !other:
			keys = p.own(r.shortcut.ID)
		case keys == noKeys:
			keys = ""
		}
		r.field.SetKeys(keys)
		r.back.Hidden = !other
		r.line.Refresh()
	}
	if len(chosen) > 0 {
		p.defaults.Enable()
	} else {
		p.defaults.DisableBecause(lang.L("These are the defaults."))
	}
	p.content.Refresh()
}

// choose keeps another combination, unless it is taken.
func (p *keyboard) choose(r *keyRow, keys kit.Keys) {
	r.line.SetProblem("")
	text := noKeys
	if keys != (kit.Keys{}) {
		text = keys.String()
	}
	for _, other := range p.settings.kit.Shortcuts.List() {
		if other.ID != r.shortcut.ID && text != noKeys && slices.Contains(append([]kit.Keys{other.Keys}, other.Also...), keys) {
			r.line.SetProblem(lang.L("{{.Keys}} belongs to “{{.Name}}”.", map[string]any{"Keys": text, "Name": other.Name}))
			return
		}
	}
	svc, name := p.settings.svc.Settings, setting.KeysPrefix+r.shortcut.ID
	p.settings.kit.RunTo(func(ctx context.Context) error { return svc.Set(ctx, name, text) }, func(err error) {
		if errors.Is(err, virt.ErrInvalid) {
			r.line.SetProblem(lang.L("{{.Keys}} is needed for typing. Hold Ctrl, Alt or Super as well.", map[string]any{"Keys": text}))
			return
		}
		p.settings.kit.Show(err)
	})
}

// reset gives the actions their own combinations again.
func (p *keyboard) reset(rows ...*keyRow) {
	svc := p.settings.svc.Settings
	var names []string
	for _, r := range rows {
		r.line.SetProblem("")
		if _, other := p.chosen[r.shortcut.ID]; other {
			names = append(names, setting.KeysPrefix+r.shortcut.ID)
		}
	}
	p.settings.kit.Run(func(ctx context.Context) error {
		var failures []error
		for _, name := range names {
			failures = append(failures, svc.Reset(ctx, name))
		}
		return errors.Join(failures...)
	})
}
