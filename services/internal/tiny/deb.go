package tiny

import (
	"archive/tar"
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// maxPackageBytes bounds what a package may unpack to.
const maxPackageBytes = 4 << 30

// openData finds the files of a Debian package (deb(5)) and returns the suffix
// of their archive's compression and its bytes, size of them.
func openData(r io.Reader) (suffix string, data io.Reader, size int64, err error) {
	magic := make([]byte, 8)
	if _, err := io.ReadFull(r, magic); err != nil || string(magic) != "!<arch>\n" {
		return "", nil, 0, virt.Errorf(virt.KindInvalid, "not a Debian package")
	}
	for {
		name, size, err := readArHeader(r)
		if err != nil {
			return "", nil, 0, err
		}
		if suffix, ok := strings.CutPrefix(name, "data.tar"); ok {
			return suffix, io.LimitReader(r, size), size, nil
		}
		if _, err := io.CopyN(io.Discard, r, size+size&1); err != nil {
			return "", nil, 0, virt.Errorf(virt.KindInvalid, "the package is cut short: %w", err)
		}
	}
}

// readArHeader reads the header of an archive's member (ar(5)): 16 bytes name,
// 32 of no interest, 10 size, 2 end mark.
func readArHeader(r io.Reader) (name string, size int64, err error) {
	header := make([]byte, 60)
	if _, err := io.ReadFull(r, header); err != nil {
		return "", 0, virt.Errorf(virt.KindInvalid, "the package has no files: %w", err)
	}
	if string(header[58:]) != "`\n" {
		return "", 0, virt.Errorf(virt.KindInvalid, "the package is damaged")
	}
	size, err = strconv.ParseInt(strings.TrimRight(string(header[48:58]), " "), 10, 64)
	if err != nil || size < 0 {
		return "", 0, virt.Errorf(virt.KindInvalid, "the package is damaged")
	}
	return strings.TrimRight(string(header[:16]), " /"), size, nil
}

// eachFile calls visit with every regular file of the package: its name without
// leading dots and slashes, and its content. progress hears of the
// compressed bytes.
func eachFile(ctx context.Context, deb string, progress func(done, total int64), visit func(name string, r io.Reader) error) error {
	f, err := os.Open(deb)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read
	suffix, data, size, err := openData(f)
	if err != nil {
		return err
	}
	packed := &meter{ctx: ctx, r: data, total: size, progress: progress}
	plain, err := decompress(suffix, packed)
	if err != nil {
		return err
	}
	defer plain.Close() //nolint:errcheck // only read
	files := tar.NewReader(io.LimitReader(plain, maxPackageBytes))
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
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

// A meter counts what is read and ends when its context does.
type meter struct {
	ctx         context.Context //nolint:containedctx // readers have no other way to be cancelled
	r           io.Reader
	done, total int64
	progress    func(done, total int64)
}

// Read reads on. Less than was announced is an error.
func (m *meter) Read(p []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.r.Read(p)
	m.done += int64(n)
	m.progress(m.done, m.total)
	if errors.Is(err, io.EOF) && m.done < m.total {
		err = io.ErrUnexpectedEOF
	}
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
