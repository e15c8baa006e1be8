package tiny

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func openCache(t *testing.T) cache {
	t.Helper()
	c := cache{dir: filepath.Join(t.TempDir(), "tiny"), recipe: "abcdef"}
	unlock, err := c.lock(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(unlock)
	return c
}

func TestStoredImageIsFoundAgain(t *testing.T) {
	c := openCache(t)
	want, err := c.store("package", "6.1", []byte("kernel"), []byte("initrd"))
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := c.find("package"); !ok || got != want {
		t.Errorf("got %v %v, want %v", got, ok, want)
	}
	if _, ok := c.find("installed 6.1 1 1"); ok {
		t.Error("found an image of another origin")
	}
	other := cache{dir: c.dir, recipe: "123456"}
	if _, ok := other.find("package"); ok {
		t.Error("found an image of another recipe")
	}
}

func TestDamagedImageIsNotUsed(t *testing.T) {
	damage := map[string]func(Image) error{
		"changed kernel": func(i Image) error { return os.WriteFile(i.KernelPath, []byte("kernex"), 0o644) },
		"cut RAM disk":   func(i Image) error { return os.Truncate(i.InitrdPath, 3) },
		"lost RAM disk":  func(i Image) error { return os.Remove(i.InitrdPath) },
		"cut manifest": func(i Image) error {
			return os.Truncate(filepath.Join(filepath.Dir(i.KernelPath), manifestName), 10)
		},
	}
	for name, do := range damage {
		t.Run(name, func(t *testing.T) {
			c := openCache(t)
			img, err := c.store("package", "6.1", []byte("kernel"), []byte("initrd"))
			if err := errors.Join(err, do(img)); err != nil {
				t.Fatal(err)
			}
			if _, ok := c.find("package"); ok {
				t.Fatal("a damaged image was found")
			}
			again, err := c.store("package", "6.1", []byte("kernel"), []byte("initrd"))
			if found, ok := c.find("package"); err != nil || !ok || found != again {
				t.Errorf("stored again: got %v %v %v", found, ok, err)
			}
		})
	}
}

func TestSecondBuilderWaitsForTheFirst(t *testing.T) {
	c := cache{dir: t.TempDir(), recipe: "abcdef"}
	unlock, err := c.lock(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	impatient, cancel := context.WithTimeout(context.Background(), 120*time.Millisecond)
	defer cancel()
	if _, err := c.lock(impatient); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("lock while another holds it: got %v, want %v", err, context.DeadlineExceeded)
	}
	unlock()
	again, err := c.lock(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	again()
}

func TestRestOfAKilledBuilderIsSwept(t *testing.T) {
	c := cache{dir: t.TempDir(), recipe: "abcdef"}
	left, err := c.workDir()
	if err != nil {
		t.Fatal(err)
	}
	unlock, err := c.lock(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there (%v)", left, err)
	}
}
