package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/kvmmanager/kvm-manager/services/batch"
	"github.com/kvmmanager/kvm-manager/services/virt"
)

// exitCodes is the one table from kinds of failure to exit codes.
var exitCodes = map[virt.ErrorKind]int{
	virt.KindInternal: 1, virt.KindInvalid: 2, virt.KindNotFound: 3, virt.KindExists: 4, virt.KindState: 5,
	virt.KindForbidden: 6, virt.KindUnauthenticated: 6, virt.KindUnavailable: 7, virt.KindUnsupported: 8,
	virt.KindNoSpace: 9, virt.KindCancelled: 10, virt.KindTimeout: 11, virt.KindInterrupted: 12, virt.KindPartial: 13,
}

// report writes the error and returns its exit code.
func (c *cli) report(err error) int {
	kind := virt.KindOf(err)
	if c.json {
		c.reportJSON("error", err)
	} else {
		fmt.Fprintf(c.err, "kvm-cli: %s\n", strings.TrimSpace(err.Error()))
		for _, more := range []string{virt.CauseOf(err), virt.HintOf(err)} {
			if more != "" {
				fmt.Fprintln(c.err, more)
			}
		}
	}
	if code, known := exitCodes[kind]; known {
		return code
	}
	return exitCodes[virt.KindInternal]
}

// An errorBody is an error as JSON.
type errorBody struct {
	Kind    virt.ErrorKind `json:"kind"`
	Message string         `json:"message"`
	Cause   string         `json:"cause,omitempty"` // where it is known
	Hint    string         `json:"hint"`
	Action  virt.Action    `json:"action"`
	Target  virt.Ref       `json:"target"`

	Results []batch.Outcome `json:"results,omitempty"` // of every machine, when some of several failed
}

func (c *cli) reportJSON(what string, err error) {
	b := errorBody{Kind: virt.KindOf(err), Message: err.Error(), Cause: virt.CauseOf(err), Hint: virt.HintOf(err)}
	var typed *virt.Error
	if errors.As(err, &typed) {
		b.Action, b.Target = typed.Action, typed.Ref
	}
	var some *batchError
	if errors.As(err, &some) {
		b.Results = some.outcomes
	}
	out := json.NewEncoder(c.err)
	out.SetEscapeHTML(false)
	if err := out.Encode(map[string]errorBody{what: b}); err != nil {
		fmt.Fprintln(c.err, err)
	}
}

// warn says what went wrong beside the work.
func (c *cli) warn(err error) {
	if c.json {
		c.reportJSON("warning", err)
		return
	}
	fmt.Fprintf(c.err, "kvm-cli: warning: %v\n", err)
}

// note says that an operation of an interrupted program was taken back.
func (c *cli) note(op virt.Operation) {
	if !c.json && op.State == virt.OperationUndone {
		fmt.Fprintf(c.err, "kvm-cli: took back %s of %s, which an interrupted program left half done\n", op.Action, op.Target)
	}
}
