package vm

import (
	"context"
	"errors"
	"io"

	"github.com/kvmmanager/kvm-manager/services/host"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/vnc/rfb"
)

// A RecordSpec says how a VM's screen is recorded.
type RecordSpec struct {
	Login    *host.ScreenLogin // answers what the screen's server asks
	Encoding rfb.Encoding      // how pixels are sent
	Frame    *rfb.Frame        // shows what was recorded last
	To       io.Writer         // gets the recording; see the documentation of rfb
}

// Record records what the VM's screen shows until ctx ends, which is no failure,
// or the server ends the connection. It returns what was decoded, also beside an
// error.
func (s *Service) Record(ctx context.Context, vm virt.Ref, spec RecordSpec) (rfb.Stats, error) {
	client, err := s.recorder(ctx, vm, spec)
	switch {
	case err != nil && ctx.Err() != nil:
		return rfb.Stats{}, nil
	case err != nil:
		return rfb.Stats{}, host.Unbelieved(err)
	}
	err = client.Run(ctx)
	if ctx.Err() != nil || errors.Is(err, rfb.ErrDisconnected) {
		err = nil
	}
	return client.Stats(), err
}

// recorder connects, as often as the person's answers make it worth a try.
func (s *Service) recorder(ctx context.Context, vm virt.Ref, spec RecordSpec) (*rfb.Client, error) {
	for {
		conn, err := s.Screen(ctx, vm)
		if err != nil {
			return nil, err
		}
		opts := rfb.Options{Frame: spec.Frame, Record: spec.To, Encodings: []rfb.Encoding{spec.Encoding}, Plain: true}
		if err := spec.Login.Prepare(ctx, &opts); err != nil {
			_ = conn.Close() // nothing was said
			return nil, err
		}
		client, err := rfb.Connect(ctx, conn, opts)
		if err == nil {
			spec.Login.Entered()
			return client, nil
		}
		if !spec.Login.Again(ctx, err) {
			return nil, err
		}
	}
}
