// Package csvload loads tables of text into typed columns.
package csvload

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Table is a loaded file.
type Table struct {
	Header  []string
	Rows    [][]any
	byKey   map[string][]int
	columns map[string]*Column
}

// Column is one column's numbers.
type Column struct {
	Name    string
	Numbers []float64
}

// Load reads a table whose first row names the columns.
func Load(r io.Reader) (*Table, error) {
	records := csv.NewReader(r)
	header, err := records.Read()
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	table := &Table{Header: header, byKey: make(map[string][]int), columns: make(map[string]*Column)}
	for {
		record, err := records.Read()
		if err == io.EOF {
			return table, nil
		}
		if err != nil {
			return nil, err
		}
		table.add(Parse(record))
	}
}

// Parse gives each cell the narrowest type that holds it.
func Parse(record []string) []any {
	var row []any
	for _, cell := range record {
		row = append(row, parseCell(cell))
	}
	return row
}

func parseCell(cell string) any {
	if n, err := strconv.ParseInt(cell, 10, 64); err == nil {
		return n
	}
	if looksLikeNumber(cell) {
		if f, err := strconv.ParseFloat(cell, 64); err == nil {
			return f
		}
	}
	return strings.TrimSpace(cell)
}

func looksLikeNumber(cell string) bool {
	return cell != "" && strings.Trim(cell, "+-.0123456789eE") == ""
}

func (t *Table) add(row []any) {
	key := t.key(row)
	t.byKey[key] = append(t.byKey[key], len(t.Rows))
	t.Rows = append(t.Rows, row)
	for i, cell := range row {
		if f, ok := cell.(float64); ok {
			t.column(i).Numbers = append(t.column(i).Numbers, f)
		}
	}
}

// key joins the text cells of a row.
func (t *Table) key(row []any) string {
	key := ""
	for _, cell := range row {
		if text, ok := cell.(string); ok {
			key += "/" + text
		}
	}
	return key
}

func (t *Table) column(i int) *Column {
	column := t.columns[t.Header[i]]
	if column == nil {
		column = &Column{Name: t.Header[i]}
		t.columns[t.Header[i]] = column
	}
	return column
}
