package hypervisor

import (
	"bytes"
	"context"
	"errors"
	"io"

	"libvirt.org/go/libvirt"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// UploadSparse is UploadVolume into a volume that was just made: pieces of zeros
// are not sent and take no room on the host (virStorageVolUpload with
// VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM). The volume MUST read as zeros before.
func (c *Conn) UploadSparse(ctx context.Context, pool, name string, r io.Reader, size int64, progress func(n int64)) error {
	err := c.withVolume("virStorageVolUpload", pool, name, func(v *libvirt.StorageVol) error {
		return c.transfer(
			func(st *libvirt.Stream) error {
				return v.Upload(st, 0, uint64(max(0, size)), libvirt.STORAGE_VOL_UPLOAD_SPARSE_STREAM)
			},
			func(st *libvirt.Stream) error { return sendSparse(ctx, st, io.LimitReader(r, size), progress) })
	})
	return explained(err, virt.KindNoSpace, func() bool { return c.lacks(pool, 1) })
}

func sendSparse(ctx context.Context, st *libvirt.Stream, r io.Reader, progress func(int64)) error {
	buf, zeros := make([]byte, chunk), make([]byte, chunk)
	for {
		if err := ctx.Err(); err != nil {
			return as(virt.KindOf(err), err)
		}
		n, readErr := io.ReadFull(r, buf)
		if n > 0 {
			if err := sendPiece(st, buf[:n], zeros[:n]); err != nil {
				return translate(err)
			}
			note(progress, n)
		}
		if errors.Is(readErr, io.EOF) || errors.Is(readErr, io.ErrUnexpectedEOF) {
			return nil
		}
		if readErr != nil {
			return as(virt.KindOf(readErr), readErr)
		}
	}
}

func sendPiece(st *libvirt.Stream, piece, zeros []byte) error {
	if bytes.Equal(piece, zeros) {
		return st.SendHole(int64(len(piece)), 0)
	}
	for len(piece) > 0 {
		n, err := st.Send(piece)
		if err != nil {
			return err
		}
		piece = piece[n:]
	}
	return nil
}
