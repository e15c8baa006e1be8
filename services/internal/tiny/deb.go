package tiny

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// maxPackageBytes bounds what a package may unpack to.
const maxPackageBytes = 4 << 30

// eachFile calls visit with every regular file of a Debian package: its name
// without leading dots and slashes, and its content. dpkg-deb(1), which is
// wherever apt-get is, takes the package apart on all processors. progress hears
// of the unpacked bytes.
func eachFile(ctx context.Context, deb string, progress func(done, total int64), visit func(name string, r io.Reader) error) error {
	cmd := command(ctx, "dpkg-deb", "--fsys-tarfile", deb)
	var told bytes.Buffer
	cmd.Stderr = &told
	archive, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return cmp.Or(ctx.Err(), error(virt.Errorf(virt.KindUnavailable, "run dpkg-deb: %w", err)))
	}
	visiting := eachInTar(&meter{r: archive, progress: progress}, visit)
	if visiting != nil {
		archive.Close() //nolint:errcheck // dpkg-deb ends by it
	}
	waiting := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case visiting != nil:
		return visiting
	case waiting != nil:
		return fmt.Errorf("%w: %s", waiting, lastLine(told.String()))
	default:
		return nil
	}
}

// eachInTar calls visit with every regular file of an archive, and reads it to
// its end.
func eachInTar(r io.Reader, visit func(name string, r io.Reader) error) error {
	r = io.LimitReader(r, maxPackageBytes)
	files := tar.NewReader(r)
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			_, err = io.Copy(io.Discard, r)
			return err
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if err := visit(strings.TrimPrefix(path.Clean("/"+h.Name), "/"), files); err != nil {
			return err
		}
	}
}

// A meter counts what is read.
type meter struct {
	r        io.Reader
	done     int64
	progress func(done, total int64)
}

// Read reads on.
func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.done += int64(n)
	m.progress(m.done, 0)
	return n, err
}

// idle are directories of modules that no driver of the machine needs. They are
// most of a kernel's bytes.
var idle = []string{"sound/", "fs/", "drivers/media/", "drivers/infiniband/", "drivers/iio/", "drivers/net/wireless/"}

// A spool keeps the modules of packages in one file, for what they depend on is
// known only when all have gone by.
type spool struct {
	file *os.File
	at   map[string][2]int64 // name -> offset and size
	end  int64
}

func (s *spool) keep(name string, r io.Reader) error {
	n, err := io.Copy(s.file, io.LimitReader(r, maxModuleBytes))
	s.at[name] = [2]int64{s.end, n}
	s.end += n
	return storageError(err)
}

func (s *spool) read(name string) ([]byte, error) {
	where := s.at[name]
	return io.ReadAll(io.NewSectionReader(s.file, where[0], where[1]))
}

// unpackKernel reads a kernel out of packages. Its modules lie in work until
// it is closed.
func unpackKernel(ctx context.Context, work string, debs []string, progress func(done, total int64)) (*kernel, error) {
	file, err := os.Create(filepath.Join(work, "modules"))
	if err != nil {
		return nil, storageError(err)
	}
	s := &spool{file: file, at: map[string][2]int64{}}
	k := newKernel("")
	k.read = s.read
	k.close = func() { file.Close() } //nolint:errcheck // the file goes with its directory
	for _, deb := range debs {
		err := eachFile(ctx, deb, progress, func(name string, r io.Reader) error { return k.take(s, name, r) })
		if err != nil {
			k.close()
			return nil, packageError(deb, err)
		}
	}
	if k.image == nil {
		k.close()
		return nil, virt.Errorf(virt.KindUnsupported, "the distribution's kernel package holds no kernel")
	}
	if err := k.check(); err != nil {
		k.close()
		return nil, err
	}
	return k, nil
}

// take keeps one file of a package, if it is of use.
func (k *kernel) take(s *spool, name string, r io.Reader) (err error) {
	name = strings.TrimPrefix(name, "usr/") // where lib is a link to usr/lib
	if version, ok := strings.CutPrefix(name, "boot/vmlinuz-"); ok {
		k.version = version
		k.image, err = readAll(r, maxKernelBytes)
		return err
	}
	parts := strings.SplitN(name, "/", 4)
	if len(parts) < 4 || parts[0] != "lib" || parts[1] != "modules" {
		return nil
	}
	if parts[3] == "modules.builtin" {
		text, err := readAll(r, maxModuleBytes)
		k.addBuiltin(text)
		return err
	}
	inTree := strings.TrimPrefix(parts[3], "kernel/")
	module := moduleName(name)
	if module == "" || hasAnyPrefix(inTree, idle) {
		return nil
	}
	k.modules[module] = name
	return s.keep(name, r)
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// unpackBusybox reads busybox out of its package.
func unpackBusybox(ctx context.Context, debs []string) ([]byte, error) {
	var busybox []byte
	for _, deb := range debs {
		err := eachFile(ctx, deb, func(int64, int64) {}, func(name string, r io.Reader) (err error) {
			if path.Base(name) == "busybox" && path.Base(path.Dir(name)) == "bin" {
				busybox, err = readAll(r, maxModuleBytes)
			}
			return err
		})
		if err != nil {
			return nil, packageError(deb, err)
		}
	}
	if !isStatic(busybox) {
		return nil, virt.Errorf(virt.KindUnsupported, "the distribution's package busybox-static holds no static busybox")
	}
	return busybox, nil
}

// isStatic reports whether program is an x86-64 executable that needs no
// libraries.
func isStatic(program []byte) bool {
	f, err := elf.NewFile(bytes.NewReader(program))
	if err != nil || f.Machine != elf.EM_X86_64 {
		return false
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return false
		}
	}
	return f.Type == elf.ET_EXEC || f.Type == elf.ET_DYN
}

func packageError(deb string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var known *virt.Error
	if errors.As(err, &known) {
		return err
	}
	return virt.Errorf(virt.KindInvalid, "unpack %s: %w", filepath.Base(deb), err)
}
