package operation

import (
	"fmt"
	"strings"
)

// diffContext is how many unchanged lines surround a change.
const diffContext = 3

// diffCells bounds the work of comparing: beyond it the middle of the two
// documents is told as removed and added as a whole.
const diffCells = 4 << 20

// An edit is a line of a diff: ' ' kept, '-' removed or '+' added.
type edit struct {
	op   byte
	line string
}

// unifiedDiff returns the change from old to new as hunks of a unified diff
// without file names; empty when they are equal.
func unifiedDiff(old, new string) string {
	if old == new {
		return ""
	}
	return hunks(compare(lines(old), lines(new)))
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// compare returns the shortest edits from a to b, by their longest common
// subsequence between the equal head and the equal tail.
func compare(a, b []string) []edit {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	edits := all(' ', a[:head])
	edits = append(edits, middle(a[head:len(a)-tail], b[head:len(b)-tail])...)
	return append(edits, all(' ', a[len(a)-tail:])...)
}

func all(op byte, lines []string) []edit {
	edits := make([]edit, len(lines))
	for i, line := range lines {
		edits[i] = edit{op, line}
	}
	return edits
}

func middle(a, b []string) []edit {
	if len(a)*len(b) > diffCells {
		return append(all('-', a), all('+', b)...)
	}
	common := commonLengths(a, b)
	var edits []edit
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			edits = append(edits, edit{' ', a[i]})
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			edits = append(edits, edit{'-', a[i]})
			i++
		default:
			edits = append(edits, edit{'+', b[j]})
			j++
		}
	}
	edits = append(edits, all('-', a[i:])...)
	return append(edits, all('+', b[j:])...)
}

// commonLengths holds at [i][j] the length of the longest common subsequence
// of a[i:] and b[j:].
func commonLengths(a, b []string) [][]int32 {
	table := make([][]int32, len(a)+1)
	for i := range table {
		table[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	return table
}

// hunks prints the changes with their context.
func hunks(edits []edit) string {
	var out strings.Builder
	for at := 0; at < len(edits); {
		first := nextChange(edits, at)
		if first == len(edits) {
			break
		}
		from, to := max(first-diffContext, at), first
		for gap := first; gap < len(edits) && gap-to <= 2*diffContext; gap++ {
			if edits[gap].op != ' ' {
				to = gap + 1
			}
		}
		to = min(to+diffContext, len(edits))
		writeHunk(&out, edits, from, to)
		at = to
	}
	return out.String()
}

func nextChange(edits []edit, from int) int {
	for from < len(edits) && edits[from].op == ' ' {
		from++
	}
	return from
}

func writeHunk(out *strings.Builder, edits []edit, from, to int) {
	oldStart, newStart := span(edits[:from])
	oldLines, newLines := span(edits[from:to])
	fmt.Fprintf(out, "@@ -%s +%s @@\n", position(oldStart, oldLines), position(newStart, newLines))
	for _, e := range edits[from:to] {
		out.WriteByte(e.op)
		out.WriteString(e.line)
		out.WriteByte('\n')
	}
}

// span counts how many lines of the old and the new text the edits cover.
func span(edits []edit) (old, new int) {
	for _, e := range edits {
		if e.op != '+' {
			old++
		}
		if e.op != '-' {
			new++
		}
	}
	return old, new
}

// position is FIRST,COUNT of a hunk; an empty range names the line before it.
func position(before, count int) string {
	if count > 0 {
		before++
	}
	return fmt.Sprintf("%d,%d", before, count)
}
