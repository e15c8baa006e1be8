-- Times are microseconds since 1970-01-01 UTC, durations microseconds.

-- What was asked, when and by whom. Append-only: the one change allowed is to
-- close an open row.
CREATE TABLE audit (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE,
    parent      TEXT    NOT NULL,
    time        INTEGER NOT NULL,
    actor       TEXT    NOT NULL,
    via         TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    target_host TEXT    NOT NULL,
    target_kind TEXT    NOT NULL,
    target_id   TEXT    NOT NULL,
    target_name TEXT    NOT NULL,
    result      TEXT    NOT NULL DEFAULT '' CHECK (result IN ('', 'done', 'refused', 'failed', 'cancelled', 'undone')),
    kind        TEXT    NOT NULL DEFAULT '',
    message     TEXT    NOT NULL DEFAULT '',
    duration    INTEGER NOT NULL DEFAULT 0,
    diff        TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX audit_time ON audit (time);

CREATE TRIGGER audit_never_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id OR seq = NEW.seq)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_never_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_only_closed BEFORE UPDATE ON audit
WHEN OLD.result <> '' OR NEW.result = ''
  OR NEW.seq <> OLD.seq OR NEW.id <> OLD.id OR NEW.parent <> OLD.parent
  OR NEW.time <> OLD.time OR NEW.actor <> OLD.actor OR NEW.via <> OLD.via
  OR NEW.action <> OLD.action OR NEW.target_host <> OLD.target_host
  OR NEW.target_kind <> OLD.target_kind OR NEW.target_id <> OLD.target_id
  OR NEW.target_name <> OLD.target_name
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

-- Operations that run and that ended. The owner is the process that works on
-- it: its number, when it began and on which boot of the machine.
CREATE TABLE operations (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE,
    parent      TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    target_host TEXT    NOT NULL,
    target_kind TEXT    NOT NULL,
    target_id   TEXT    NOT NULL,
    target_name TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    via         TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled', 'undone')),
    stage       TEXT    NOT NULL DEFAULT '',
    done        INTEGER NOT NULL DEFAULT 0,
    total       INTEGER NOT NULL DEFAULT 0,
    started     INTEGER NOT NULL,
    ended       INTEGER,
    kind        TEXT    NOT NULL DEFAULT '',
    message     TEXT    NOT NULL DEFAULT '',
    hint        TEXT    NOT NULL DEFAULT '',
    owner_pid   INTEGER NOT NULL,
    owner_start INTEGER NOT NULL,
    owner_boot  TEXT    NOT NULL,
    cancel      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX operations_running ON operations (state) WHERE state = 'running';

-- What must be undone when an operation does not end well: one row a step,
-- written before the step acts and gone when nothing is left to undo.
CREATE TABLE journal (
    operation TEXT    NOT NULL REFERENCES operations (id),
    step      INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    ref_host  TEXT    NOT NULL,
    ref_kind  TEXT    NOT NULL,
    ref_id    TEXT    NOT NULL,
    ref_name  TEXT    NOT NULL,
    args      TEXT    NOT NULL, -- a JSON object of strings
    at        INTEGER NOT NULL,
    acted     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (operation, step)
) STRICT, WITHOUT ROWID;
