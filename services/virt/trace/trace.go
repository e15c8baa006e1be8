// Package trace writes what happened when, for measurements: one JSON object
// a line in the file named by KVM_MANAGER_TRACE. When the variable is not set
// every call returns at once.
package trace

import (
	"encoding/json"
	"io"
	"os"
	"strconv"
	"sync"
	"time"
)

// Variable names the environment variable that holds the trace file's path.
const Variable = "KVM_MANAGER_TRACE"

// started is as near to the start of the process as Go code comes.
var started = time.Now()

// A Writer writes trace lines. A nil Writer is valid and writes nothing.
type Writer struct {
	mu  sync.Mutex
	out io.Writer
}

// NewWriter returns a Writer to out. Every event is one call of out.Write.
func NewWriter(out io.Writer) *Writer { return &Writer{out: out} }

// standard opens the trace file on first use; nil when tracing is off.
var standard = sync.OnceValue(func() *Writer {
	path := os.Getenv(Variable)
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil
	}
	return NewWriter(file)
})

// On says whether this process traces. Ask it before computing costly fields.
func On() bool { return standard() != nil }

// Emit writes event with its fields, given as name, value, name, value…, to
// the trace file of this process. It is safe from any goroutine.
func Emit(event string, fields ...any) { standard().Emit(event, fields...) }

// Emit writes {"t_us": microseconds since the process started, "event": event,
// name: value…}. A value that JSON cannot express is written as null, a name
// without a value is left out.
func (w *Writer) Emit(event string, fields ...any) {
	if w == nil {
		return
	}
	line := append([]byte(`{"t_us":`), strconv.FormatInt(time.Since(started).Microseconds(), 10)...)
	line = append(line, `,"event":`...)
	line = append(line, encoded(event)...)
	for i := 0; i+1 < len(fields); i += 2 {
		name, ok := fields[i].(string)
		if !ok {
			continue
		}
		line = append(line, ',')
		line = append(line, encoded(name)...)
		line = append(line, ':')
		line = append(line, encoded(fields[i+1])...)
	}
	line = append(line, '}', '\n')

	w.mu.Lock()
	defer w.mu.Unlock()
	_, _ = w.out.Write(line) // a full disk must not stop the program that is measured
}

func encoded(v any) []byte {
	out, err := json.Marshal(v)
	if err != nil {
		return []byte("null")
	}
	return out
}
