package rowscan

import (
	"fmt"
	"io"
	"testing"
)

var (
	maps   []map[string]any
	items  []item
	totals map[string]int64
)

type item struct {
	ID    int64
	Title string `db:"name"`
	Price float64
	Stock int64
	Zone  string
}

type table struct {
	cols []string
	rows [][]any
	at   int
}

func (t *table) Columns() []string { return t.cols }
func (t *table) Next() bool        { t.at++; return t.at <= len(t.rows) }
func (t *table) Err() error        { return nil }
func (t *table) Close() error      { t.at = 0; return nil }

func (t *table) Scan(dst ...any) error {
	for i, v := range t.rows[t.at-1] {
		switch d := dst[i].(type) {
		case *any:
			*d = v
		case *int64:
			*d = v.(int64)
		case *float64:
			*d = v.(float64)
		case *string:
			*d = v.(string)
		default:
			return fmt.Errorf("cannot scan into %T", d)
		}
	}
	return nil
}

type store map[string]*table

func (s store) Query(q string) (Rows, error) {
	t := s[q]
	t.at = 0
	return t, nil
}

func stock(n int) *table {
	t := &table{cols: []string{"id", "name", "price", "stock", "zone"}}
	for i := range n {
		t.rows = append(t.rows, []any{int64(1000 + i), fmt.Sprintf("part %d", i), 0.5 * float64(i), int64(i * 300), "north"})
	}
	return t
}

func BenchmarkMaps(b *testing.B) {
	t := stock(100)
	t.cols = append(t.cols, "c1", "c2", "c3", "c4", "c5", "c6", "c7")
	for i := range t.rows {
		t.rows[i] = append(t.rows[i], nil, "x", "y", nil, true, int64(i), "z")
	}
	var err error
	for b.Loop() {
		t.Close()
		if maps, err = Maps(t); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStructs(b *testing.B) {
	t := stock(100)
	var err error
	for b.Loop() {
		t.Close()
		if items, err = Structs[item](t); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCSV(b *testing.B) {
	t := stock(100)
	for b.Loop() {
		t.Close()
		if err := CSV(io.Discard, t); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCounts(b *testing.B) {
	db := store{}
	var queries []string
	for i := range 12 {
		q := fmt.Sprintf("select count(*) from part_%d", i)
		db[q] = &table{cols: []string{"count"}, rows: [][]any{{int64(i)}}}
		queries = append(queries, q)
	}
	var err error
	for b.Loop() {
		if totals, err = Counts(db, queries...); err != nil {
			b.Fatal(err)
		}
	}
}
