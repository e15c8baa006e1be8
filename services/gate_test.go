package services_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/kvmmanager/kvm-manager/services/virt"
	"github.com/kvmmanager/kvm-manager/services/virttest"
)

// open are the methods that take a context and may be called by nobody, each
// with its reason. There are none yet.
var open = map[string]string{}

func TestNobodyMayDoAnything(t *testing.T) {
	s, _ := virttest.Open(t, "one-running-vm.xml")
	nobody := context.Background()
	rooms := reflect.ValueOf(s).Elem()
	for i := range rooms.NumField() {
		if !rooms.Type().Field(i).IsExported() {
			continue
		}
		room := rooms.Field(i)
		for j := range room.NumMethod() {
			name := rooms.Type().Field(i).Name + "." + room.Type().Method(j).Name
			method := room.Method(j)
			if method.Type().NumIn() == 0 || method.Type().In(0) != reflect.TypeFor[context.Context]() || open[name] != "" {
				continue
			}
			t.Run(name, func(t *testing.T) {
				if err := callAs(nobody, method); !errors.Is(err, virt.ErrForbidden) {
					t.Errorf("%s without an actor: got %v, want %v", name, err, virt.ErrForbidden)
				}
			})
		}
	}
}

// callAs calls the method with the context and zero values, and returns its
// last result.
func callAs(ctx context.Context, method reflect.Value) error {
	args := []reflect.Value{reflect.ValueOf(ctx)}
	for i := 1; i < method.Type().NumIn(); i++ {
		args = append(args, reflect.Zero(method.Type().In(i)))
	}
	results := method.Call(args)
	if len(results) == 0 {
		return nil
	}
	err, _ := results[len(results)-1].Interface().(error)
	return err
}
