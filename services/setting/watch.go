package setting

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/storage"
)

// Watch publishes virt.SettingChanged for what other processes and editors
// change, until ctx ends, which is no error. Without it the settings are as
// fresh, but nobody is told.
func (s *Service) Watch(ctx context.Context) error {
	if err := s.door.May(ctx, virt.GetSetting, virt.Ref{Kind: virt.KindSetting}); err != nil {
		return err
	}
	storage.WatchDirs(ctx, s.refresh, filepath.Dir(s.path))
	return nil
}

// A stamp changes whenever the file does.
type stamp struct {
	inode    uint64
	size     int64
	modified time.Time
}

func stampOf(path string) (stamp, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return stamp{}, nil
	}
	if err != nil {
		return stamp{}, err
	}
	now := stamp{size: info.Size(), modified: info.ModTime()}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		now.inode = stat.Ino
	}
	return now, nil
}

// current returns the members as the file has them now. They MUST not be
// changed.
func (s *Service) current() (map[string]json.RawMessage, error) {
	s.refresh()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.members, s.problem
}

// refresh reads the file again if it changed and publishes the difference.
func (s *Service) refresh() {
	for _, name := range s.reload() {
		if s.hear != nil {
			s.hear(name)
		}
		s.bus.Publish(virt.Event{Kind: virt.SettingChanged, Ref: refTo(name)})
	}
}

func (s *Service) reload() (changed []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, err := stampOf(s.path)
	if err == nil && s.members != nil && now == s.stamp {
		return nil
	}
	first := s.members == nil
	var read map[string]json.RawMessage
	err = storage.ReadJSON(s.path, &read)
	if err != nil && !errors.Is(err, virt.ErrNotFound) {
		s.stamp, s.problem = now, err // the last good members stay: somebody may be editing
		return nil
	}
	s.stamp, s.problem = now, nil
	members := make(map[string]json.RawMessage, len(read))
	for name, raw := range read {
		members[name] = compact(raw)
	}
	if !first {
		changed = differences(s.members, members)
	}
	s.members = members
	return changed
}

func compact(raw json.RawMessage) json.RawMessage {
	var out bytes.Buffer
	if err := json.Compact(&out, raw); err != nil {
		return raw
	}
	return out.Bytes()
}

func differences(old, new map[string]json.RawMessage) (names []string) {
	for name, raw := range new {
		if !bytes.Equal(raw, old[name]) {
			names = append(names, name)
		}
	}
	for name := range old {
		if _, still := new[name]; !still {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
