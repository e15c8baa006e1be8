package virt

import "time"

// OperationState is where an operation stands.
type OperationState string

// The states of an operation. Abandoned is running by its row, but its owner
// is dead; recovery turns it into undone or failed.
const (
	OperationRunning   OperationState = "running"
	OperationDone      OperationState = "done"
	OperationFailed    OperationState = "failed"
	OperationRefused   OperationState = "refused"
	OperationCancelled OperationState = "cancelled"
	OperationAbandoned OperationState = "abandoned"
	OperationUndone    OperationState = "undone"
)

// OperationStates lists the states that operations can be in. What was refused
// never became one: only the audit log has it.
func OperationStates() []OperationState {
	return []OperationState{
		OperationRunning, OperationDone, OperationFailed, OperationCancelled, OperationAbandoned, OperationUndone,
	}
}

// An Operation is one change that somebody asked for: its permission, progress
// and result. Done and Total are bytes or steps; Total 0 means unknown.
type Operation struct {
	ID      string         `json:"id"`
	Parent  string         `json:"parent,omitempty"`
	Action  Action         `json:"action"`
	Target  Ref            `json:"target"`
	Actor   string         `json:"actor"`
	Via     string         `json:"via"`
	State   OperationState `json:"state"`
	Stage   string         `json:"stage"`
	Done    int64          `json:"done"`
	Total   int64          `json:"total"`
	Started time.Time      `json:"started"`
	Ended   time.Time      `json:"ended,omitzero"`
	Kind    ErrorKind      `json:"kind,omitempty"`
	Message string         `json:"message,omitempty"`
	Cause   string         `json:"cause,omitempty"` // where it is known
	Hint    string         `json:"hint,omitempty"`
}

// An OperationFilter says which operations to list; zero fields let all
// through. Limit keeps the newest.
type OperationFilter struct {
	State  OperationState
	Host   HostID
	Target Ref
	Parent string // the ID of the operation whose children they are
	Actor  string
	Since  time.Time
	Limit  int
}

// An AuditFilter selects rows of the audit log; zero fields let all through. A
// Target is found by host, kind and ID.
type AuditFilter struct {
	Operation string // its ID
	Host      HostID
	Target    Ref
	Actor     string
	Since     time.Time
}

// An AuditRow is one line of the append-only audit log.
type AuditRow struct {
	ID       string        `json:"id"` // the operation's
	Parent   string        `json:"parent,omitempty"`
	Time     time.Time     `json:"time"`
	Actor    string        `json:"actor"`
	Via      string        `json:"via"`
	Action   Action        `json:"action"`
	Target   Ref           `json:"target"`
	Result   string        `json:"result"` // done, refused, failed, cancelled, undone; empty while it runs
	Kind     ErrorKind     `json:"kind,omitempty"`
	Message  string        `json:"message,omitempty"`
	Duration time.Duration `json:"duration_ns"`
	Diff     string        `json:"diff,omitempty"` // unified diff of the XML the operation changed
}
