package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// strip is the foot of the navigator: the operation that runs, and how far it is.
type strip struct {
	name, share *kit.Text
	bar         *kit.UsageBar
	row         *fyne.Container
	content     *fyne.Container
	stop        *kit.Button
	whole       *kit.PlainButton
	running     virt.Operation
	refit       func() // lays out what the strip is part of; nil before it is
}

// newStrip makes the strip; pressed, it opens what tells more.
func newStrip(k *kit.Kit, svc *services.Services, open func()) *strip {
	s := &strip{name: kit.NewText(kit.SmallMediumText, "").Shorten(), share: kit.NewText(kit.SmallText, ""), bar: kit.NewUsageBar(4)}
	s.stop = kit.IconButton("x", lang.L("Stop"), func() {
		id := s.running.ID
		k.Run(func(ctx context.Context) error { return svc.Operations.Cancel(ctx, id) })
	})
	s.row = kit.Row(8, kit.NewIcon("loader-circle", 14, theme.Accent), kit.Grow(s.name), s.share, s.stop)
	s.whole = kit.NewPlainButton("", kit.Pad(4, 8, 12, 14, kit.Col(4, s.row, kit.Pad(0, 6, 0, 0, s.bar))), open)
	s.content = kit.Col(0, kit.HLine(), s.whole)
	s.content.Hide()
	view := kit.NewView(k, func(ctx context.Context) ([]virt.Operation, error) {
		return svc.Operations.List(ctx, virt.OperationFilter{State: virt.OperationRunning})
	}, s.show)
	k.Follow(view, kit.OfKind(virt.OperationChanged))
	return s
}

// show shows the newest of the running operations.
func (s *strip) show(running []virt.Operation, err error) {
	if err != nil {
		return // whoever asked for the operation is told of its failure
	}
	for _, op := range virt.WithoutChildren(running) {
		if op.Long() {
			s.showOperation(op)
			return
		}
	}
	if s.content.Visible() {
		s.content.Hide()
		s.fit()
	}
}

// fit gives or takes the room of the strip, which has come or gone.
func (s *strip) fit() {
	if s.refit != nil {
		s.refit()
	}
}

func (s *strip) showOperation(op virt.Operation) {
	s.running = op
	s.name.SetText(parts.Doing(op))
	s.whole.SetName(parts.Doing(op))
	s.stop.Hidden = !op.CanStop()
	share, words := 0.0, parts.StageWords(op.Stage)
	if op.Total > 0 {
		share = float64(op.Done) / float64(op.Total)
		words = parts.StepWords(op)
	}
	s.share.SetText(words)
	s.bar.SetShare(share)
	s.bar.Describe(parts.Doing(op), words)
	if !s.content.Visible() {
		s.content.Show()
		s.fit()
	}
	s.content.Refresh()
}
