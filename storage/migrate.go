package storage

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/kvmmanager/kvm-manager/services/virt"
)

// schemas has one file per version, each leading from the version before it.
//
//go:embed schema/*.sql
var schemas embed.FS

// migrate brings the database to this program's version in one transaction.
func migrate(ctx context.Context, db *sql.DB, path string) error {
	files, err := fs.Glob(schemas, "schema/*.sql") // sorted by name
	if err != nil {
		return err
	}
	version, err := schemaVersion(ctx, db)
	switch {
	case err != nil:
		return err
	case version > len(files):
		return newerError(path, version, len(files))
	case version == len(files):
		return nil
	}
	if _, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	return inTx(ctx, db, func(tx *sql.Tx) error {
		version, err := schemaVersion(ctx, tx) // another process may have been faster
		if err != nil {
			return err
		}
		if version > len(files) {
			return newerError(path, version, len(files))
		}
		for _, name := range files[version:] {
			if err := applySchema(ctx, tx, name); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(files)))
		return err
	})
}

func applySchema(ctx context.Context, tx *sql.Tx, name string) error {
	text, err := schemas.ReadFile(name)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, string(text)); err != nil {
		return fmt.Errorf("apply %s: %w", name, err)
	}
	return nil
}

type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func schemaVersion(ctx context.Context, q queryer) (version int, err error) {
	err = q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	return version, err
}

func newerError(path string, found, known int) error {
	return virt.Errorf(virt.KindUnsupported, "%s was written by a newer version of this program (schema %d; this one knows %d)", path, found, known).
		WithHint("Use the newer version, or another data directory.")
}
