package virt

import "context"

// Role is what an actor may do at most; a higher role includes the lower ones.
type Role int

// The roles, from nothing to everything.
const (
	RoleNone Role = iota
	RoleViewer
	RoleOperator
	RoleAdmin
)

// String is the role's name in files, tables and error texts.
func (r Role) String() string {
	switch r {
	case RoleViewer:
		return "viewer"
	case RoleOperator:
		return "operator"
	case RoleAdmin:
		return "admin"
	default:
		return "none"
	}
}

// An Actor is who asks: a person or a part of the program acting for one.
type Actor struct {
	Name string `json:"name"`
	Via  string `json:"via"` // gui, cli, rest, schedule, recovery
	Role Role   `json:"role"`
}

type actorKey struct{}

// WithActor returns a context whose calls are made by a.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorFrom returns who calls. Without an actor nothing is allowed.
func ActorFrom(ctx context.Context) (Actor, bool) {
	a, ok := ctx.Value(actorKey{}).(Actor)
	return a, ok && a.Name != "" && a.Role > RoleNone
}
