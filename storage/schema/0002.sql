-- Old rows of the audit log may go, all up to one moment, which only moves on.
-- Who let them go, and when, has a row in the log itself.
CREATE TABLE audit_begins (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    at       INTEGER NOT NULL
) STRICT;

INSERT INTO audit_begins VALUES (1, 0);

CREATE TRIGGER audit_begins_later BEFORE UPDATE ON audit_begins
WHEN NEW.at < OLD.at
BEGIN
    SELECT RAISE(ABORT, 'the audit log does not begin earlier again');
END;

DROP TRIGGER audit_never_deleted;

CREATE TRIGGER audit_only_pruned BEFORE DELETE ON audit
WHEN OLD.result = '' OR OLD.time >= (SELECT at FROM audit_begins)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
