package activity

import (
	"cmp"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/ui/kit"
	"github.com/kvmmanager/kvm-manager/ui/parts"
	"github.com/kvmmanager/kvm-manager/ui/theme"
)

// A row is an operation or a line of the audit log.
type row struct {
	id       string
	started  time.Time
	action   virt.Action
	target   virt.Ref
	actor    string
	via      string
	state    virt.OperationState
	duration time.Duration // zero while it runs
	message  string
	cause    string
	hint     string
}

func ofOperation(op virt.Operation) row {
	r := row{
		id: op.ID, started: op.Started, action: op.Action, target: op.Target, actor: op.Actor, via: op.Via,
		state: op.State, message: op.Message, cause: op.Cause, hint: op.Hint,
	}
	if !op.Ended.IsZero() {
		r.duration = op.Ended.Sub(op.Started)
	}
	return r
}

func ofAudit(a virt.AuditRow) row {
	return row{
		id: a.ID, started: a.Time, action: a.Action, target: a.Target, actor: a.Actor, via: a.Via,
		state: cmp.Or(virt.OperationState(a.Result), virt.OperationRunning), duration: a.Duration, message: a.Message,
	}
}

// title says what was asked of what.
func (r row) title() string { return parts.ActionWord(r.action) }

// reason is why it failed: the cause where it is known, else what was said.
func (r row) reason() string {
	if r.cause != "" {
		return lang.L(r.cause)
	}
	return r.message
}

// thing is what the action was about; settings have no better name than theirs.
func (r row) thing() string {
	return cmp.Or(r.target.Name, r.target.ID, string(r.target.Host))
}

// viaWord says by which of the program's hands it was asked.
func viaWord(via string) string {
	switch via {
	case "gui":
		return lang.L("Window")
	case "cli":
		return lang.L("Command line")
	case "rest":
		return lang.L("REST")
	case "schedule":
		return lang.L("Schedule")
	case "recovery":
		return lang.L("Recovery")
	default:
		return via
	}
}

// matches says whether one of the row's texts contains the words.
func (r row) matches(words string) bool {
	for _, text := range []string{r.title(), r.thing(), string(r.target.Host), r.actor, r.message, r.reason(), viaWord(r.via), parts.OperationLook(r.state).Word} {
		if strings.Contains(strings.ToLower(text), words) {
			return true
		}
	}
	return false
}

// columns of both tables; now is when the table was loaded.
func columns(now func() time.Time) []kit.Column[row] {
	by := func(text func(row) string) func(a, b row) bool {
		return func(a, b row) bool { return strings.ToLower(text(a)) < strings.ToLower(text(b)) }
	}
	return []kit.Column[row]{
		{ID: "action", Title: lang.L("What"), Width: 150, Flex: 1, Less: by(row.title),
			Cell: func(r row) kit.Cell { return kit.NameCell(r.title()) }},
		{ID: "target", Title: lang.L("Of what"), Width: 130, Flex: 1, Less: by(row.thing),
			Cell: func(r row) kit.Cell { return orNone(kit.TextCell, r.thing()) }},
		{ID: "result", Title: lang.L("Result"), Width: 128, Less: by(func(r row) string { return string(r.state) }),
			Cell: func(r row) kit.Cell {
				look := parts.OperationLook(r.state)
				return kit.StateCell(look.Word, look.Icon, look.Token)
			}},
		{ID: "message", Title: lang.L("Message"), Width: 120, Flex: 1.4, Drop: 2,
			Cell: func(r row) kit.Cell { return kit.MutedCell(r.reason()) }},
		{ID: "time", Title: lang.L("When"), Width: 128, Drop: 5, Less: func(a, b row) bool { return a.started.Before(b.started) },
			Cell: func(r row) kit.Cell { return kit.SmallCell(parts.When(r.started, now())) }},
		{ID: "duration", Title: lang.L("Took"), Width: 80, Trailing: true, Drop: 4,
			Less: func(a, b row) bool { return a.duration < b.duration },
			Cell: func(r row) kit.Cell {
				if r.state == virt.OperationRunning {
					return kit.NoCell()
				}
				return kit.SmallCell(parts.Duration(r.duration))
			}},
		{ID: "actor", Title: lang.L("Who"), Width: 90, Drop: 3, Less: by(func(r row) string { return r.actor }),
			Cell: func(r row) kit.Cell { return orNone(kit.TextCell, r.actor) }},
		{ID: "via", Title: lang.L("Through"), Width: 110, Drop: 1, Less: by(func(r row) string { return r.via }),
			Cell: func(r row) kit.Cell { return orNone(kit.MutedCell, viaWord(r.via)) }},
	}
}

func orNone(cell func(string) kit.Cell, text string) kit.Cell {
	if text == "" {
		return kit.NoCell()
	}
	return cell(text)
}

// tokenOf is the colour of the row's state.
func tokenOf(r row) theme.Token { return parts.OperationLook(r.state).Token }
