package storage

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/mattn/go-sqlite3"
)

// busyTimeout is how long a statement waits for another process.
const busyTimeout = 5 * time.Second

// State is state.db: operations, their undo journal and the audit log. Several
// processes may have it open at once, and it is safe for concurrent use.
//
// The file is opened when it is first needed. Reading from a database that
// does not exist yet finds nothing and creates nothing.
type State struct {
	dir, path string

	mu     sync.Mutex
	db     *sql.DB
	closed bool
}

// NewState returns the state of dirs without touching the disk.
func NewState(dirs Dirs) *State {
	return &State{dir: dirs.Data, path: filepath.Join(dirs.Data, "state.db")}
}

// OpenState opens state.db at once and creates or upgrades it where needed. A
// database written by a newer program is virt.KindUnsupported.
func OpenState(dirs Dirs) (*State, error) {
	s := NewState(dirs)
	if _, err := s.writer(context.Background()); err != nil {
		return nil, err
	}
	return s, nil
}

// Path is where the database lies, for messages.
func (s *State) Path() string { return s.path }

// Close gives the database back. Calls after it fail.
func (s *State) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.db == nil {
		return nil
	}
	db := s.db
	s.db = nil
	return sqliteError(s.path, db.Close())
}

// LockRecovery waits until this process alone may recover abandoned
// operations. The lock ends with unlock or with the process.
func (s *State) LockRecovery(ctx context.Context) (unlock func(), err error) {
	return Lock(ctx, filepath.Join(s.dir, "recovery.lock"))
}

// reader returns the open database, or nil when there is none yet.
func (s *State) reader(ctx context.Context) (*sql.DB, error) {
	return s.open(ctx, false)
}

// writer returns the open database and creates it where it does not exist.
func (s *State) writer(ctx context.Context) (*sql.DB, error) {
	return s.open(ctx, true)
}

func (s *State) open(ctx context.Context, create bool) (*sql.DB, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, fileError(s.path, fs.ErrClosed)
	case s.db != nil:
		return s.db, nil
	case create:
		if err := createFile(s.path); err != nil {
			return nil, err
		}
	default:
		if _, err := os.Stat(s.path); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	db, err := openDatabase(ctx, s.path)
	if err != nil {
		return nil, err
	}
	s.db = db
	return db, nil
}

// createFile makes an empty file, which is a valid empty database, so that
// SQLite's own files beside it inherit the mode.
func createFile(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := MakeDir(filepath.Dir(path)); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, fileMode)
	if err != nil {
		return fileError(path, err)
	}
	if err := file.Close(); err != nil {
		return fileError(path, err)
	}
	return nil
}

func openDatabase(ctx context.Context, path string) (*sql.DB, error) {
	var db *sql.DB
	err := retryBusy(ctx, func() (err error) {
		db, err = connect(ctx, path, url.Values{"mode": {"rw"}})
		return err
	})
	var s sqlite3.Error
	if errors.As(err, &s) && (s.Code == sqlite3.ErrCantOpen || s.Code == sqlite3.ErrReadonly) && !exists(path+"-wal") {
		// Without a log and without the right to make one, the file alone is the
		// whole truth and can be read as it is.
		db, err = connect(ctx, path, url.Values{"mode": {"ro"}, "immutable": {"1"}})
	}
	return db, sqliteError(path, err)
}

// connect opens the file and brings its schema up to date. It uses one
// connection: calls of one process queue in Go instead of polling in SQLite.
func connect(ctx context.Context, path string, query url.Values) (*sql.DB, error) {
	query.Set("_busy_timeout", "5000")
	query.Set("_foreign_keys", "1")
	query.Set("_txlock", "immediate")
	query.Set("_synchronous", "FULL") // an intent must outlive a power cut
	file := url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}
	db, err := sql.Open("sqlite3", file.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := migrate(ctx, db, path); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// retryBusy repeats what SQLite does not wait for by itself: two processes that
// switch one file to write-ahead logging at once.
func retryBusy(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, busyTimeout)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		err := try()
		var s sqlite3.Error
		if !errors.As(err, &s) || (s.Code != sqlite3.ErrBusy && s.Code != sqlite3.ErrLocked) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-again.C:
		}
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// tx runs work in one transaction that takes the write lock at its start.
func (s *State) tx(ctx context.Context, work func(tx *sql.Tx) error) error {
	db, err := s.writer(ctx)
	if err != nil {
		return err
	}
	return sqliteError(s.path, inTx(ctx, db, work))
}

func inTx(ctx context.Context, db *sql.DB, work func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := work(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return tx.Commit()
}

// ignoreDone drops the complaint about a transaction that SQLite ended itself.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}
