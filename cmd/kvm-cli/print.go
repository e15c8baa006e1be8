package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"gopkg.in/yaml.v3"
)

const defaultOutput = "table"

var outputs = []string{defaultOutput, "json", "yaml"}

// print writes the answer: value as JSON or YAML, else what table writes.
func (c *cli) print(value any, table func(io.Writer)) error {
	switch c.output {
	case "json":
		out := json.NewEncoder(c.out)
		out.SetIndent("", "  ")
		out.SetEscapeHTML(false)
		return out.Encode(value)
	case "yaml":
		return c.printYAML(value)
	default:
		out := bufio.NewWriter(c.out) // a tabwriter writes cell by cell
		w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
		table(w)
		return errors.Join(w.Flush(), out.Flush())
	}
}

// line writes one value as a single line of JSON, for streams.
func (c *cli) line(value any) error {
	out := json.NewEncoder(c.out)
	out.SetEscapeHTML(false)
	return out.Encode(value)
}

// printYAML goes by way of JSON, so that both have the same names.
func (c *cli) printYAML(value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return err
	}
	plain(&doc)
	out := yaml.NewEncoder(c.out)
	out.SetIndent(2)
	if err := out.Encode(&doc); err != nil {
		return err
	}
	return out.Close()
}

// plain turns JSON's flow style into YAML's block style; empty lists stay [].
func plain(n *yaml.Node) {
	if len(n.Content) > 0 {
		n.Style = 0
	} else if n.Kind == yaml.ScalarNode && n.Style == yaml.DoubleQuotedStyle {
		n.Style = 0
		if n.Tag == "" {
			n.Tag = "!!str"
		}
	}
	for _, child := range n.Content {
		plain(child)
	}
}

// row writes one line of a table.
func row(w io.Writer, cells ...any) {
	words := make([]string, len(cells))
	for i, cell := range cells {
		words[i] = printable(fmt.Sprint(cell))
	}
	fmt.Fprintln(w, strings.TrimRight(strings.Join(words, "\t"), " \t"))
}

// printable keeps foreign names from moving the cursor of a terminal; what has
// several lines has one.
func printable(s string) string {
	if s == "" {
		return "-"
	}
	s = strings.ReplaceAll(s, "\n", "; ")
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '�'
		}
		return r
	}, s)
}

// size writes bytes in binary units with at most one decimal.
func size(bytes uint64) string {
	const step = 1024
	value, unit := float64(bytes), "B"
	for _, u := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if value < step {
			break
		}
		value, unit = value/step, u
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", value), ".0") + " " + unit
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
