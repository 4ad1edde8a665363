package sqlgen

import (
	"fmt"
	"testing"
)

var (
	text string
	args []any
	log  = NewLog(100)
)

func query() *Select {
	ids := make([]any, 12)
	for i := range ids {
		ids[i] = i * 1000
	}
	return &Select{
		Table:   "orders",
		Columns: []string{"id", "customer", "state", "total", "created_at"},
		Conds: []Cond{
			Where("customer", In, ids...), Where("state", Eq, "open"), Where("total", Less, 1000),
			Where("city", Like, "B%"), Where("kind", In, "a", "b", "c"),
		},
		Order: []string{"created_at"},
		Limit: 50,
	}
}

func TestSQL(t *testing.T) {
	got, args, err := query().SQL()
	if err != nil || len(args) != 18 {
		t.Fatal(args, err)
	}
	const tail = ` AND "kind" IN ($16, $17, $18) ORDER BY created_at LIMIT 50`
	if len(got) < len(tail) || got[len(got)-len(tail):] != tail {
		t.Error(got)
	}
	if got, _, _ := Insert("t", []string{"a", "b"}, [][]any{{1, 2}, {3, 4}}); got != `INSERT INTO "t" VALUES ($1,$2),($3,$4)` {
		t.Error(got)
	}
}

func BenchmarkSelect(b *testing.B) {
	q := query()
	for b.Loop() {
		text, args, _ = q.SQL()
	}
}

func BenchmarkInsert(b *testing.B) {
	rows := make([][]any, 100)
	for i := range rows {
		rows[i] = []any{i, fmt.Sprint("name", i), true}
	}
	cols := []string{"id", "name", "active"}
	for b.Loop() {
		text, args, _ = Insert("customers", cols, rows)
	}
}

func BenchmarkLog(b *testing.B) {
	q, _, _ := query().SQL()
	for b.Loop() {
		log.Add(q)
	}
	text = log.Last()[0]
}
