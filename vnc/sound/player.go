// Package sound plays samples through the sound server of the person's desktop:
// PulseAudio, or PipeWire, which speaks its protocol too.
//
//	player, err := sound.Open(ctx, sound.Stream{Title: "web", Rate: 44100})
//	if err != nil {
//		return err // there is none
//	}
//	defer player.Close()
//	player.Write(pcm)
//
// Who writes never waits. Between what is written and what is heard lie about 100
// milliseconds, 200 at most: what comes faster than it is played is dropped, the
// oldest first.
package sound

import (
	"context"
	"sync"
	"time"

	"github.com/jfreymuth/pulse/proto"
)

const (
	frame   = 4                      // bytes of a sample: 16 bits, two channels
	latency = 100 * time.Millisecond // of the server's part
	headway = latency / 2            // what must be there before the server begins
	backlog = 100 * time.Millisecond // of ours, before something is dropped
)

// A Stream says what is played.
type Stream struct {
	Title string // what mixers call it
	Rate  int    // samples a second, of 16 bits, little endian, left and right in turn
}

// Stats count samples of both channels.
type Stats struct {
	Played  uint64 // given to the sound server
	Dropped uint64 // it did not take them in time
}

// A Player plays one stream. Its methods may be called from any goroutine and do
// not wait for the sound server, but Open and Close.
type Player struct {
	server *server
	stream Stream

	mu      sync.Mutex
	pending []byte // at most backlog
	ending  bool   // nothing follows pending
	refused bool   // the server ended the stream: silence until End
	stats   Stats

	wake   chan struct{} // has room for one
	cancel context.CancelFunc
	done   chan struct{} // run has returned
	err    error         // why, after done
}

// Open connects with the sound server that PULSE_SERVER names, else the person's
// own. It is ErrNoServer where none answers within a few seconds.
func Open(ctx context.Context, stream Stream) (*Player, error) {
	p := &Player{stream: stream, wake: make(chan struct{}, 1), done: make(chan struct{})}
	var err error
	if p.server, err = connect(ctx, p.nudge); err != nil {
		return nil, err
	}
	ctx, p.cancel = context.WithCancel(context.Background())
	go p.run(ctx)
	return p, nil
}

// Write plays samples after those before. Whole samples only are taken.
func (p *Player) Write(pcm []byte) {
	p.mu.Lock()
	p.ending = false
	if !p.refused {
		p.pending = append(p.pending, pcm[:len(pcm)/frame*frame]...)
		if excess := len(p.pending) - p.bytes(backlog); excess > 0 {
			excess += p.bytes(backlog / 2) // one gap, not many
			excess = min(excess, len(p.pending))
			p.stats.Dropped += uint64(excess / frame)
			p.pending = append(p.pending[:0], p.pending[excess:]...)
		}
	}
	p.mu.Unlock()
	p.nudge()
}

// End says that nothing follows for now: what was written is played, and then
// mixers show nothing of the player until it is written to again.
func (p *Player) End() {
	p.mu.Lock()
	p.ending, p.refused = true, false
	p.mu.Unlock()
	p.nudge()
}

// Close ends the sound at once.
func (p *Player) Close() {
	p.cancel()
	p.server.close()
	<-p.done
}

// Done is closed when the player has ended: by Close, or because the sound
// server has.
func (p *Player) Done() <-chan struct{} { return p.done }

// Err says why the player has ended by itself; nil after Close.
func (p *Player) Err() error {
	select {
	case <-p.done:
		return p.err
	default:
		return nil
	}
}

// Stats returns what has been played by now.
func (p *Player) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stats
}

func (p *Player) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// bytes is how many bytes a time of sound has.
func (p *Player) bytes(d time.Duration) int {
	return int(d*time.Duration(p.stream.Rate)/time.Second) * frame
}

// run feeds the sound server until ctx or the connection with it ends.
func (p *Player) run(ctx context.Context) {
	defer close(p.done)
	defer p.server.close()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.server.lost:
		case <-p.wake:
		}
		err := p.server.failure()
		if err == nil {
			err = p.feed()
		}
		if err != nil {
			if ctx.Err() == nil {
				p.err = err
			}
			return
		}
	}
}

// feed gives the server as much as it wants of what is there.
func (p *Player) feed() error {
	p.mu.Lock()
	some, ending := len(p.pending) > 0, p.ending
	p.mu.Unlock()
	if some && !p.server.playing() {
		if err := p.server.begin(p.attributes()); err != nil {
			return err
		}
	}
	if p.server.killed() {
		p.mu.Lock()
		p.pending, p.refused = p.pending[:0], true
		p.mu.Unlock()
		p.server.forget()
	}
	for {
		piece := p.take(p.server.wants())
		if len(piece) == 0 {
			break
		}
		if err := p.server.send(piece); err != nil {
			return err
		}
	}
	if ending && p.server.playing() && p.isEmpty() {
		return p.server.end()
	}
	return nil
}

func (p *Player) isEmpty() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.pending) == 0
}

// take takes up to so many bytes of what is pending.
func (p *Player) take(most int) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	piece := append([]byte(nil), p.pending[:min(len(p.pending), most/frame*frame)]...)
	p.pending = append(p.pending[:0], p.pending[len(piece):]...)
	p.stats.Played += uint64(len(piece) / frame)
	return piece
}

// attributes is what the server is told of the stream.
func (p *Player) attributes() *proto.CreatePlaybackStream {
	size := func(d time.Duration) uint32 { return uint32(p.bytes(d)) } // small
	const full = uint32(proto.VolumeNorm)
	return &proto.CreatePlaybackStream{
		SampleSpec:            proto.SampleSpec{Format: proto.FormatInt16LE, Channels: 2, Rate: uint32(p.stream.Rate)}, // small
		ChannelMap:            proto.ChannelMap{proto.ChannelLeft, proto.ChannelRight},
		SinkIndex:             proto.Undefined,
		ChannelVolumes:        proto.ChannelVolumes{full, full}, // unless the mixer remembers another,
		BufferMaxLength:       size(4 * latency),
		BufferTargetLength:    size(latency),
		BufferPrebufferLength: size(headway),
		BufferMinimumRequest:  size(latency / 5),
		AdjustLatency:         true,
		Properties:            proto.PropList{"media.name": text(p.stream.Title)},
	}
}
