-- Why an operation failed, in words for people, where it is known.
ALTER TABLE operations ADD COLUMN cause TEXT NOT NULL DEFAULT '';
