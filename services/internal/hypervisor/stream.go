package hypervisor

import (
	"context"
	"errors"
	"io"

	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// chunk is how much a stream moves at once; libvirt's packets hold 256 KiB with
// their header.
const chunk = 128 << 10

// UploadVolume writes size bytes from r into the volume, from its beginning
// (virStorageVolUpload); the volume's other bytes stay. progress, when not nil,
// is told of each piece. When ctx ends the upload stops; what was written stays.
func (c *Conn) UploadVolume(ctx context.Context, pool, name string, r io.Reader, size int64, progress func(n int64)) error {
	err := c.withVolume("virStorageVolUpload", pool, name, func(v *libvirt.StorageVol) error {
		return c.transfer(
			func(st *libvirt.Stream) error { return v.Upload(st, 0, uint64(max(0, size)), 0) },
			func(st *libvirt.Stream) error { return send(ctx, st, io.LimitReader(r, size), progress) })
	})
	return explained(err, virt.KindNoSpace, func() bool { return c.lacks(pool, 1) })
}

// DownloadVolume writes the volume's bytes to w (virStorageVolDownload), as
// UploadVolume reads them.
func (c *Conn) DownloadVolume(ctx context.Context, pool, name string, w io.Writer, progress func(n int64)) error {
	return c.withVolume("virStorageVolDownload", pool, name, func(v *libvirt.StorageVol) error {
		return c.transfer(
			func(st *libvirt.Stream) error { return v.Download(st, 0, 0, 0) },
			func(st *libvirt.Stream) error { return receive(ctx, st, w, progress) })
	})
}

// transfer opens a blocking stream, moves bytes through it and ends it: with
// virStreamFinish, whose error counts, or after a failure with virStreamAbort.
func (c *Conn) transfer(open, move func(*libvirt.Stream) error) error {
	st, err := c.conn.NewStream(0)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = st.Free() }()
	if err := translate(open(st)); err != nil {
		return err
	}
	if err := translate(move(st)); err != nil {
		_ = st.Abort()
		return err
	}
	return translate(st.Finish())
}

func send(ctx context.Context, st *libvirt.Stream, r io.Reader, progress func(int64)) error {
	buf := make([]byte, chunk)
	for {
		if err := ctx.Err(); err != nil {
			return as(virt.KindOf(err), err)
		}
		n, readErr := r.Read(buf)
		for sent := 0; sent < n; {
			m, err := st.Send(buf[sent:n])
			if err != nil {
				return translate(err)
			}
			sent += m
		}
		note(progress, n)
		if errors.Is(readErr, io.EOF) {
			return nil
		}
		if readErr != nil {
			return as(virt.KindOf(readErr), readErr)
		}
	}
}

func receive(ctx context.Context, st *libvirt.Stream, w io.Writer, progress func(int64)) error {
	buf := make([]byte, chunk)
	for {
		if err := ctx.Err(); err != nil {
			return as(virt.KindOf(err), err)
		}
		n, err := st.Recv(buf)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return translate(err)
		}
		if _, err := w.Write(buf[:n]); err != nil {
			return as(virt.KindOf(err), err)
		}
		note(progress, n)
	}
}

func note(progress func(int64), n int) {
	if progress != nil && n > 0 {
		progress(int64(n))
	}
}
