package fileaccess

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"syscall"
	"testing"
)

var stranger = User{UID: 54321, Groups: []uint32{54321, 54400}}

// needRoot skips a test that becomes another user.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() == 0 {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("only root can become somebody else")
	}
	t.Skip("only root can become somebody else")
}

// opens asks the kernel: a process of the user's tries to read the file.
func opens(t *testing.T, path string, u User) bool {
	t.Helper()
	cmd := exec.Command("head", "-c", "1", path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: u.UID, Gid: u.Groups[0], Groups: u.Groups}}
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return err == nil
}

// open is a directory that everybody may enter.
func open(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "fileaccess-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func file(t *testing.T, path string) string {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("x"), 0o644)); err != nil {
		t.Fatal(err)
	}
	return path
}

func setfacl(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("setfacl", args...).CombinedOutput(); err != nil {
		t.Skipf("setfacl: %v: %s", err, out)
	}
}

func obstacles(t *testing.T, path string, u User) []Obstacle {
	t.Helper()
	found, err := Obstacles(path, u)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestEveryDirectoryOnTheWayCounts(t *testing.T) {
	dir := open(t)
	path := file(t, filepath.Join(dir, "home/secret/disc.iso"))
	if found := obstacles(t, path, stranger); len(found) != 0 {
		t.Fatalf("an open way has %v", found)
	}
	home, secret := filepath.Join(dir, "home"), filepath.Join(dir, "home/secret")
	if err := errors.Join(os.Chmod(home, 0o700), os.Chmod(secret, 0o744), os.Chmod(path, 0o600)); err != nil {
		t.Fatal(err)
	}
	want := []Obstacle{{home, Enter}, {secret, Enter}, {path, Read}}
	if found := obstacles(t, path, stranger); !slices.Equal(found, want) {
		t.Errorf("got %v, want %v", found, want)
	}
	owner := Lookup(uint32(os.Getuid()), uint32(os.Getgid())) // not negative here
	if found := obstacles(t, path, owner); len(found) != 0 {
		t.Errorf("the owner meets %v", found)
	}
	if _, err := Obstacles(filepath.Join(dir, "none"), stranger); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func TestLinksLeadOverTheWayOfTheirTargets(t *testing.T) {
	dir := open(t)
	file(t, filepath.Join(dir, "closed/deep/disc.iso"))
	closed := filepath.Join(dir, "closed")
	if err := errors.Join(
		os.Mkdir(filepath.Join(dir, "links"), 0o755),
		os.Symlink("../closed/deep", filepath.Join(dir, "links/relative")),
		os.Symlink(filepath.Join(closed, "deep/disc.iso"), filepath.Join(dir, "links/absolute.iso")),
		os.Symlink("loop", filepath.Join(dir, "links/loop")),
		os.Chmod(closed, 0o700),
	); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"links/relative/disc.iso", "links/absolute.iso", "links/relative/../deep/./disc.iso"} {
		if found := obstacles(t, dir+"/"+path, stranger); !slices.Equal(found, []Obstacle{{closed, Enter}}) {
			t.Errorf("%s: %v", path, found)
		}
	}
	if _, err := Obstacles(filepath.Join(dir, "links/loop"), stranger); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("a loop: %v", err)
	}
}

func TestWhatIsSaidIsWhatTheKernelDoes(t *testing.T) {
	needRoot(t)
	dir := open(t)
	path := file(t, filepath.Join(dir, "way/disc.iso"))
	random := rand.New(rand.NewPCG(1, 2))
	ids := []uint32{stranger.UID, stranger.Groups[1], 0, 60000}
	pick := func() uint32 { return ids[random.IntN(len(ids))] }
	for range 150 {
		for _, at := range []string{filepath.Dir(path), path} {
			setfacl(t, "-b", at)
			if err := errors.Join(os.Chown(at, int(pick()), int(pick())), os.Chmod(at, fs.FileMode(random.IntN(0o1000)))); err != nil {
				t.Fatal(err)
			}
			for _, kind := range []string{"u", "g"} {
				if random.IntN(2) == 0 {
					setfacl(t, "-m", fmt.Sprintf("%s:%d:%o", kind, pick(), random.IntN(8)), at)
				}
			}
			if random.IntN(3) == 0 {
				setfacl(t, "-m", fmt.Sprintf("m::%o", random.IntN(8)), at)
			}
		}
		found := obstacles(t, path, stranger)
		if may := opens(t, path, stranger); may != (len(found) == 0) {
			acl, _ := exec.Command("getfacl", "-n", filepath.Dir(path), path).CombinedOutput()
			t.Fatalf("the kernel says %v, we say %v of\n%s", may, found, acl)
		}
	}
}

func TestARightIsGivenAndTakenBackWithoutATrace(t *testing.T) {
	needRoot(t)
	dir := open(t)
	path := file(t, filepath.Join(dir, "home/disc.iso"))
	home := filepath.Dir(path)
	listed := filepath.Join(dir, "listed.iso")
	file(t, listed)
	setfacl(t, "-m", "u:60000:rw,g:54400:-", listed)
	if err := errors.Join(os.Chmod(home, 0o710), os.Chmod(path, 0o640)); err != nil {
		t.Fatal(err)
	}
	look := func() string {
		out, err := exec.Command("getfacl", "-n", "-p", home, path, listed).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	before := look()
	var given []Grant
	for _, at := range []string{path, listed} {
		for _, o := range obstacles(t, at, stranger) {
			g, err := Plan(o, stranger)
			if err == nil {
				err = g.Give()
			}
			if err != nil {
				t.Fatal(err)
			}
			given = append(given, g)
		}
		if !opens(t, at, stranger) {
			t.Errorf("%s cannot be read still", at)
		}
	}
	if len(given) != 3 {
		t.Errorf("%d rights were given", len(given))
	}
	for _, g := range given {
		if err := errors.Join(g.Take(), g.Take()); err != nil {
			t.Errorf("take it back twice: %v", err)
		}
	}
	if after := look(); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func TestAListThatSomebodyChangedIsLeftAlone(t *testing.T) {
	needRoot(t)
	path := file(t, filepath.Join(open(t), "disc.iso"))
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	g, err := Plan(Obstacle{path, Read}, stranger)
	if err == nil {
		err = g.Give()
	}
	if err != nil {
		t.Fatal(err)
	}
	setfacl(t, "-m", "u:60000:r", path)
	if err := g.Take(); !errors.Is(err, ErrChanged) {
		t.Errorf("got %v, want %v", err, ErrChanged)
	}
	if !opens(t, path, stranger) {
		t.Error("the right is gone")
	}
}

func TestUsersAreLookedUpWithTheirGroups(t *testing.T) {
	root := Lookup(0, 0)
	if root.Name() != "root" || !root.in(0) {
		t.Errorf("root is %s in %v", root.Name(), root.Groups)
	}
	if u := Lookup(54321, 7); u.Name() != "54321" || !reflect.DeepEqual(u.Groups, []uint32{7}) {
		t.Errorf("a user that nobody knows is %s in %v", u.Name(), u.Groups)
	}
}

func FuzzParseACL(f *testing.F) {
	f.Add(modeList(0o640).with(54321, 4).bytes())
	f.Fuzz(func(t *testing.T, raw []byte) {
		if l, ok := parseACL(raw); ok && string(l.bytes()) != string(raw) {
			t.Errorf("%x became %x", raw, l.bytes())
		}
	})
}
