// Package setting keeps the settings of the program in settings.json: typed,
// with defaults, checked when they are set and when they are read. The file is
// flat, one member a setting; members that this version does not know stay.
package setting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/kvmmanager/kvm-manager/services/internal/event"
	"github.com/kvmmanager/kvm-manager/services/internal/operation"
	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// A Service reads and writes the settings. It is safe for concurrent use, and
// several processes may change the file.
type Service struct {
	path string
	lock string
	door *operation.Door
	bus  *event.Bus
	hear func(name string)

	mu      sync.Mutex
	stamp   stamp // of the file that members were read from
	members map[string]json.RawMessage
	problem error // why the file could not be read; members are the last good ones
}

// A Value is one setting as it is now.
type Value struct {
	Name    string `json:"name"`
	Value   any    `json:"value"`
	Default any    `json:"default"`
	Allowed string `json:"allowed"`
	Set     bool   `json:"set"`               // the file has it
	Problem string `json:"problem,omitempty"` // why the file's value is not used
}

// Text is the value as Set takes it.
func (v Value) Text() string {
	if text, ok := v.Value.(string); ok {
		return text
	}
	if raw, ok := v.Value.(json.RawMessage); ok {
		return string(raw)
	}
	return fmt.Sprint(v.Value)
}

// New returns the settings of dirs. It reads nothing yet.
func New(dirs storage.Dirs, door *operation.Door, bus *event.Bus) *Service {
	return &Service{
		path: filepath.Join(dirs.Config, "settings.json"),
		lock: filepath.Join(dirs.Data, "settings.lock"),
		door: door,
		bus:  bus,
	}
}

// BeforeNews registers a function that hears of each setting that has changed
// before the bus does. Register before anything is read.
func (s *Service) BeforeNews(hear func(name string)) { s.hear = hear }

// Path is where the settings lie, for messages.
func (s *Service) Path() string { return s.path }

// Get returns one setting. A name that does not exist is virt.KindNotFound, a
// file that cannot be read as JSON virt.KindInvalid.
func (s *Service) Get(ctx context.Context, name string) (Value, error) {
	if err := s.door.May(ctx, virt.GetSetting, refTo(name)); err != nil {
		return Value{}, err
	}
	d, err := find(name)
	if err != nil {
		return Value{}, err
	}
	members, err := s.current()
	if err != nil {
		return Value{}, err
	}
	return valueOf(d, members), nil
}

// List returns all settings, sorted by name, and of the free-form ones and of key
// combinations those that are set.
func (s *Service) List(ctx context.Context) ([]Value, error) {
	if err := s.door.May(ctx, virt.GetSetting, virt.Ref{Kind: virt.KindSetting}); err != nil {
		return nil, err
	}
	members, err := s.current()
	if err != nil {
		return nil, err
	}
	names := Names()
	for name := range members {
		if freeForm.MatchString(name) || keyNames.MatchString(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var values []Value
	for _, name := range names {
		d, err := find(name)
		if err != nil {
			return nil, err
		}
		values = append(values, valueOf(d, members))
	}
	return values, nil
}

// Set checks text and writes it as the setting's value. What is not allowed is
// virt.KindInvalid with a hint that says what is. A settings.json that is no
// JSON is kept under another name and a new one begun.
func (s *Service) Set(ctx context.Context, name, text string) error {
	return s.change(ctx, name, func(d definition) (json.RawMessage, error) {
		value, err := d.check(text)
		if err != nil {
			return nil, err
		}
		return json.Marshal(value)
	})
}

// SetUI writes the free-form setting ui.NAME, which UI reads. How somebody likes
// a window leaves no row behind: there would be one for each column sorted by.
func (s *Service) SetUI(ctx context.Context, name string, value any) error {
	name = "ui." + name
	if err := s.door.May(ctx, virt.SetSetting, refTo(name)); err != nil {
		return err
	}
	text, err := json.Marshal(value)
	if err != nil {
		return virt.Errorf(virt.KindInvalid, "%s: %w", name, err)
	}
	d, err := find(name)
	if err != nil {
		return err
	}
	if _, err := d.check(string(text)); err != nil {
		return err
	}
	_, err = s.write(ctx, name, text)
	return err
}

// Reset gives the setting its default again.
func (s *Service) Reset(ctx context.Context, name string) error {
	return s.change(ctx, name, func(definition) (json.RawMessage, error) { return nil, nil })
}

// change writes what choose returns; nil removes the member.
func (s *Service) change(ctx context.Context, name string, choose func(definition) (json.RawMessage, error)) error {
	return s.door.Do(ctx, virt.SetSetting, refTo(name), func(ctx context.Context, p *operation.Progress) error {
		d, err := find(name)
		if err != nil {
			return err
		}
		raw, err := choose(d)
		if err != nil {
			return err
		}
		old, err := s.write(ctx, name, raw)
		if err == nil {
			p.Diff(line(name, old), line(name, raw))
		}
		return err
	})
}

// write puts the member into the file and returns what it was before.
func (s *Service) write(ctx context.Context, name string, raw json.RawMessage) (json.RawMessage, error) {
	unlock, err := storage.Lock(ctx, s.lock)
	if err != nil {
		return nil, err
	}
	defer unlock()
	members := map[string]json.RawMessage{}
	err = storage.ReadJSON(s.path, &members)
	broken := errors.Is(err, virt.ErrInvalid)
	if err != nil && !broken && !errors.Is(err, virt.ErrNotFound) {
		return nil, err
	}
	if members == nil { // the file says null
		members = map[string]json.RawMessage{}
	}
	old, had := members[name]
	if raw == nil && !had && !broken {
		return nil, nil
	}
	if raw == nil {
		delete(members, name)
	} else {
		members[name] = raw
	}
	if werr := storage.WriteJSON(s.path, members); werr != nil {
		return nil, werr
	}
	if broken {
		slog.Warn("a settings file that could not be read was kept under another name", "file", s.path, "error", err)
	}
	s.refresh()
	return old, nil
}

// line is a member as the audit log's diff shows it.
func line(name string, raw json.RawMessage) string {
	if raw == nil {
		return ""
	}
	return name + ": " + strings.ReplaceAll(string(compact(raw)), "\n", " ") + "\n"
}

func valueOf(d definition, members map[string]json.RawMessage) Value {
	raw, set := members[d.name]
	v := Value{Name: d.name, Allowed: d.allowed, Set: set}
	v.Default, _ = d.value(nil)
	var err error
	if v.Value, err = d.value(raw); err != nil {
		v.Problem = err.Error()
	}
	return v
}

func refTo(name string) virt.Ref {
	return virt.Ref{Kind: virt.KindSetting, ID: name, Name: name}
}
