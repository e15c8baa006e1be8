// Command uictl waits for what the window shows, through its UI socket. Every
// verb waits at most the given time for the window and for its answer.
//
//	uictl SOCKET 30s idle                 nothing is loading, all is painted
//	uictl SOCKET 30s shown NAME           an element of that name can be seen
//	uictl SOCKET 30s picture UUID         prints the hash of a console's picture
//	uictl SOCKET 30s picture UUID HASH    the same, once it is another than HASH
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

const every = 100 * time.Millisecond

var errUsage = errors.New("usage: uictl SOCKET TIMEOUT idle | shown NAME | picture UUID [HASH]")

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "uictl:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 3 {
		return errUsage
	}
	timeout, err := time.ParseDuration(args[1])
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	ui, err := dial(ctx, args[0])
	if err != nil {
		return err
	}
	defer ui.conn.Close()
	switch verb, rest := args[2], args[3:]; {
	case verb == "idle" && len(rest) == 0:
		_, err = ui.ask(request{Do: "wait", For: "idle", TimeoutMS: int(timeout.Milliseconds())})
	case verb == "shown" && len(rest) == 1:
		_, err = ui.ask(request{Do: "wait", For: "shown", Name: rest[0], TimeoutMS: int(timeout.Milliseconds())})
	case verb == "picture" && len(rest) == 1:
		err = ui.picture(ctx, rest[0], "")
	case verb == "picture" && len(rest) == 2:
		err = ui.picture(ctx, rest[0], rest[1])
	default:
		err = errUsage
	}
	return err
}

type request struct {
	Do        string `json:"do"`
	For       string `json:"for,omitempty"`
	Name      string `json:"name,omitempty"`
	ID        string `json:"id,omitempty"`
	TimeoutMS int    `json:"timeout_ms,omitempty"`
}

type answer struct {
	Hash    string `json:"hash"`
	Updates uint64 `json:"updates"`
	Error   *struct {
		Kind    string `json:"kind"`
		Message string `json:"message"`
	} `json:"error"`
}

// A window is the connection to a window's UI socket.
type window struct {
	conn net.Conn
	in   *json.Decoder
}

// dial waits until the window listens.
func dial(ctx context.Context, socket string) (*window, error) {
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
		if err == nil {
			deadline, _ := ctx.Deadline()
			return &window{conn, json.NewDecoder(conn)}, conn.SetDeadline(deadline.Add(time.Second))
		}
		if wait(ctx) != nil {
			return nil, err
		}
	}
}

func (w *window) ask(r request) (answer, error) {
	var a answer
	if err := json.NewEncoder(w.conn).Encode(r); err != nil {
		return a, err
	}
	if err := w.in.Decode(&a); err != nil {
		return a, err
	}
	if a.Error != nil && a.Error.Kind != "not_found" {
		return a, errors.New(a.Error.Message)
	}
	return a, nil
}

// picture waits until the console of a machine is open and shows a picture with
// another hash than the given one.
func (w *window) picture(ctx context.Context, id, not string) error {
	for {
		a, err := w.ask(request{Do: "console", ID: id})
		if err != nil {
			return err
		}
		if a.Updates > 0 && a.Hash != not {
			fmt.Println(a.Hash)
			return nil
		}
		if err := wait(ctx); err != nil {
			return fmt.Errorf("the console of %s shows nothing new: %w", id, err)
		}
	}
}

// wait pauses between two looks, or says that the time is over.
func wait(ctx context.Context) error {
	select {
	case <-time.After(every):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
