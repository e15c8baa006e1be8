package trace

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestALineHoldsTimeEventAndFieldsInOrder(t *testing.T) {
	var out bytes.Buffer

	NewWriter(&out).Emit("rpc", "name", "virDomainCreate", "us", 42, "bad", func() {}, "alone")

	line := out.String()
	var got map[string]any
	if err := json.Unmarshal([]byte(line), &got); err != nil {
		t.Fatalf("not JSON: %q: %v", line, err)
	}
	if _, ok := got["t_us"].(float64); !ok {
		t.Errorf("no t_us in %q", line)
	}
	if want := `"event":"rpc","name":"virDomainCreate","us":42,"bad":null}` + "\n"; !strings.HasSuffix(line, want) {
		t.Errorf("got %q, want it to end in %q", line, want)
	}
}

func TestLinesOfManyGoroutinesDoNotMix(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out)
	var all sync.WaitGroup
	for range 20 {
		all.Add(1)
		go func() {
			defer all.Done()
			for range 50 {
				w.Emit("repaint_asked")
			}
		}()
	}
	all.Wait()

	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 1000 {
		t.Fatalf("got %d lines, want 1000", len(lines))
	}
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Fatalf("broken line %q", line)
		}
	}
}

func TestTheVariableNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.jsonl")
	t.Setenv(Variable, path)

	if !On() {
		t.Fatal("tracing is off")
	}
	Emit("start")

	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(got, []byte(`"event":"start"`)) {
		t.Errorf("file holds %q", got)
	}
}

func TestANilWriterWritesNothing(t *testing.T) {
	var off *Writer
	if allocs := testing.AllocsPerRun(100, func() { off.Emit("start") }); allocs > 0 {
		t.Errorf("an event that is not traced allocates %v times", allocs)
	}
}
