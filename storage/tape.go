package storage

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// maxTape bounds a recording in memory.
const maxTape = 4 << 30

// TapeEnding is how the names of compressed recordings of screens end.
const TapeEnding = ".rfb.zst"

var zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// A Tape is a recording of a screen in memory. What its content means is told in
// the documentation of package rfb.
type Tape struct {
	Content []byte
	Moments []Moment // when the content came; nil where the file does not tell
}

// Reader reads the content from its beginning.
func (t Tape) Reader() *bytes.Reader { return bytes.NewReader(t.Content) }

// ReadTape reads a recording of a screen into memory, decompressed.
func ReadTape(path string) (Tape, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		kind := virt.KindInvalid
		if errors.Is(err, fs.ErrNotExist) {
			kind = virt.KindNotFound
		}
		return Tape{}, virt.Errorf(kind, "read the recording: %w", err).WithHint("Name a file that console record has made.")
	}
	if !bytes.HasPrefix(file, zstdMagic) {
		return Tape{Content: file}, nil
	}
	content, err := decompress(file)
	if err != nil {
		return Tape{}, virt.Errorf(virt.KindInvalid, "%s: decompress: %w", path, err)
	}
	return Tape{content, readMoments(file, len(content))}, nil
}

func decompress(tape []byte) ([]byte, error) {
	z, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxTape), zstd.WithDecoderMaxWindow(1<<30))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	return z.DecodeAll(tape, nil)
}

// CreateTape creates the file of a recording. Where its name ends in .zst it is
// compressed, and tells when each part was written. A file that exists is
// virt.KindExists.
func CreateTape(path string) (io.WriteCloser, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, virt.Errorf(virt.KindExists, "%w", err).WithHint("Choose another file.")
	}
	if err != nil {
		return nil, virt.Errorf(virt.KindInvalid, "create the recording: %w", err).WithHint("Check the path.")
	}
	if !strings.HasSuffix(path, ".zst") {
		return f, nil
	}
	z, err := zstd.NewWriter(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &packedTape{Encoder: z, file: f}, nil
}

type packedTape struct {
	*zstd.Encoder
	file    *os.File
	moments momentWriter
}

func (t *packedTape) Write(b []byte) (int, error) {
	n, err := t.Encoder.Write(b)
	t.moments.note(time.Now(), n)
	return n, err
}

// Close ends the compression, writes the moments and closes the file.
func (t *packedTape) Close() error {
	err := t.Encoder.Close()
	if err == nil {
		_, err = t.file.Write(t.moments.frame())
	}
	return errors.Join(err, t.file.Close())
}
