package kit_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kvmmanager/kvm-manager/ui/kit"
)

func TestAQueryFindsBeginningsPiecesAndInitials(t *testing.T) {
	for _, c := range []struct {
		query, text string
		found       bool
	}{
		{"web", "web-frontend-01", true},
		{"front", "web-frontend-01", true},
		{"tend", "web-frontend-01", true},
		{"wf1", "web-frontend-1", true},
		{"wf01", "web-frontend-01", true},
		{"webf", "web-frontend-01", true},
		{"WEB 01", "web-frontend-01", true},
		{"01 web", "web-frontend-01", true},
		{"", "anything", true},
		{"wxb", "web-frontend-01", false},
		{"fw", "web-frontend-01", false},
		{"web 02", "web-frontend-01", false},
		{"eb1", "web-frontend-1", false},
		{"zürich", "db-zürich", true},
		{"dz", "db-zürich", true},
	} {
		if got := kit.NewQuery(c.query).Match(c.text) > 0; got != c.found {
			t.Errorf("%q in %q: %t", c.query, c.text, got)
		}
	}
}

func TestABetterPlaceCountsMore(t *testing.T) {
	texts := []string{"my-database", "start the database-host again and again", "d-b", "db-primary", "db", "a db of mine"}
	q := kit.NewQuery("db")
	slices.SortStableFunc(texts, func(a, b string) int { return cmp.Compare(q.Match(b), q.Match(a)) })
	if got := strings.Join(texts[:4], ", "); got != "db, db-primary, a db of mine, d-b" {
		t.Errorf("in order: %s", got)
	}
	if q.Match("my-database") != 0 {
		t.Error("db was found in my-database, where its letters are apart")
	}
}

func TestEachWordMayBeInAnotherText(t *testing.T) {
	q := kit.NewQuery("snap web rack")
	if q.Match("take snapshot", "web-1", "hv-rack2") == 0 || q.Match("take snapshot", "db-1", "hv-rack2") != 0 {
		t.Error("the words are not looked for one by one")
	}
}

func BenchmarkQuery1000(b *testing.B) {
	var names []string
	for i := range 1000 {
		names = append(names, fmt.Sprintf("web-frontend-%04d", i))
	}
	q := kit.NewQuery("wf99 rack")
	b.ReportAllocs()
	for b.Loop() {
		for _, name := range names {
			q.Match(name, "hv-rack2", "192.168.122.17", "production")
		}
	}
}
