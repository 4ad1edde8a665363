// Package rowscan turns rows of a database into maps, structs and CSV.
package rowscan

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
)

// Rows is the result of a query.
type Rows interface {
	Columns() []string
	Next() bool
	Scan(dst ...any) error
	Err() error
	Close() error
}

// DB runs queries.
type DB interface {
	Query(q string) (Rows, error)
}

// Maps reads all rows as maps by the names of the columns.
func Maps(rows Rows) ([]map[string]any, error) {
	cols := rows.Columns()
	var out []map[string]any
	for rows.Next() {
		vals := make([]any, len(cols)) // want ML07
		ptrs := make([]any, len(cols)) // want ML07
		for i := range vals {
			ptrs[i] = &vals[i]
		}
		if err := rows.Scan(ptrs...); err != nil {
			return nil, fmt.Errorf("rowscan: row %d: %w", len(out)+1, err)
		}
		m := make(map[string]any) // alt ML09
		for i, name := range cols {
			m[name] = vals[i] // want ML09
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

type plan struct {
	fields []int
	size   int
}

type planKey struct {
	typ  reflect.Type
	cols string
}

var plans sync.Map

func planFor(t reflect.Type, cols []string) (*plan, error) {
	key := planKey{t, strings.Join(cols, "\x00")} // ok ML11
	if p, ok := plans.Load(key); ok {             // ok ML05
		return p.(*plan), nil
	}
	byName := make(map[string]int, t.NumField())
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("db")
		if name == "" {
			name = strings.ToLower(f.Name)
		}
		byName[name] = i
	}
	p := &plan{fields: make([]int, len(cols)), size: t.NumField()}
	for i, c := range cols {
		f, ok := byName[c]
		if !ok {
			return nil, fmt.Errorf("rowscan: %v has no field for column %s", t, c)
		}
		p.fields[i] = f
	}
	plans.Store(key, p)
	return p, nil
}

// Structs reads all rows as structs of type T.
func Structs[T any](rows Rows) ([]T, error) {
	p, err := planFor(reflect.TypeFor[T](), rows.Columns())
	if err != nil {
		return nil, err
	}
	var out []T
	dst := make([]any, len(p.fields))
	for rows.Next() {
		var zero T
		out = append(out, zero)
		v := reflect.ValueOf(&out[len(out)-1]).Elem()
		for i, f := range p.fields {
			dst[i] = v.Field(f).Addr().Interface()
		}
		if err := rows.Scan(dst...); err != nil {
			return nil, fmt.Errorf("rowscan: row %d: %w", len(out), err)
		}
	}
	return out, rows.Err()
}

// CSV writes all rows with a head line.
func CSV(w io.Writer, rows Rows) error {
	cw := csv.NewWriter(w) // ok ML03
	cols := rows.Columns()
	if err := cw.Write(cols); err != nil {
		return err
	}
	record := make([]string, len(cols))
	vals := make([]any, len(cols))
	ptrs := make([]any, len(cols))
	for i := range vals {
		ptrs[i] = &vals[i]
	}
	for rows.Next() {
		if err := rows.Scan(ptrs...); err != nil {
			return err
		}
		for i, v := range vals {
			record[i] = fmt.Sprintf("%v", v) // want ML11 ok ML05
		}
		if err := cw.Write(record); err != nil {
			return err
		}
	}
	cw.Flush()
	return errors.Join(rows.Err(), cw.Error())
}

// Counts runs queries that give one number each.
func Counts(db DB, queries ...string) (totals map[string]int64, err error) {
	totals = make(map[string]int64, len(queries))
	for _, q := range queries {
		rows, qerr := db.Query(q)
		if qerr != nil {
			return nil, fmt.Errorf("rowscan: %s: %w", q, qerr)
		}
		defer func() { // want ML05
			err = errors.Join(err, rows.Close())
		}()
		var n int64 // want ML05 ok ML07
		for rows.Next() {
			if err := rows.Scan(&n); err != nil { // ok ML05 ML07
				return nil, fmt.Errorf("rowscan: %s: %w", q, err)
			}
			totals[q] += n
		}
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("rowscan: %s: %w", q, err)
		}
	}
	return totals, nil
}
