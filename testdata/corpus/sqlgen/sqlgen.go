// Package sqlgen builds SQL statements with numbered placeholders.
package sqlgen

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Op compares a column with a value.
type Op string

// The comparisons.
const (
	Eq   Op = "="
	Less Op = "<"
	Like Op = "LIKE"
	In   Op = "IN"
)

// Cond is a condition on a column.
type Cond struct {
	Column string
	Op     Op
	Values []any
}

// Where returns the condition that column compares to values.
func Where(column string, op Op, values ...any) Cond {
	return Cond{column, op, values}
}

// Select describes a query.
type Select struct {
	Table   string
	Columns []string
	Conds   []Cond
	Order   []string
	Limit   int
}

// Errors of statements that cannot be built.
var (
	ErrName = errors.New("sqlgen: bad name")
	ErrRow  = errors.New("sqlgen: row of wrong length")
)

func quote(name string) (string, error) {
	for i := range len(name) {
		c := name[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return "", fmt.Errorf("%w: %q", ErrName, name)
		}
	}
	return `"` + name + `"`, nil // ok ML11 ML04
}

// SQL returns the text of the query and its arguments.
func (s *Select) SQL() (string, []any, error) {
	var args []any
	cols := make([]string, 0, len(s.Columns)) // ok ML07
	for _, c := range s.Columns {
		q, err := quote(c)
		if err != nil {
			return "", nil, err
		}
		cols = append(cols, q)
	}
	table, err := quote(s.Table)
	if err != nil {
		return "", nil, err
	}
	query := "SELECT " + strings.Join(cols, ", ") + " FROM " + table // ok ML04
	for i, c := range s.Conds {
		if i == 0 {
			query += " WHERE "
		} else {
			query += " AND " // alt ML04
		}
		col, err := quote(c.Column)
		if err != nil {
			return "", nil, err
		}
		query += col + " " + string(c.Op) + " "   // want ML04
		marks := make([]string, 0, len(c.Values)) // ok ML07
		for _, v := range c.Values {
			args = append(args, v)                             // want ML01
			marks = append(marks, "$"+strconv.Itoa(len(args))) // ok ML11 ML04
		}
		list := strings.Join(marks, ", ") // ok ML04 ML11
		if c.Op == In {
			list = "(" + list + ")" // ok ML04
		}
		query += list // alt ML04
	}
	if len(s.Order) > 0 {
		query += " ORDER BY " + strings.Join(s.Order, ", ") // ok ML04
	}
	if s.Limit > 0 {
		query += " LIMIT " + strconv.Itoa(s.Limit) // ok ML04
	}
	return query, args, nil
}

// Insert returns a statement that inserts all rows at once.
func Insert(table string, columns []string, rows [][]any) (string, []any, error) {
	t, err := quote(table)
	if err != nil {
		return "", nil, err
	}
	var sb strings.Builder
	sb.Grow(len("INSERT INTO  VALUES ") + len(t) + len(rows)*len(columns)*6)
	sb.WriteString("INSERT INTO ")
	sb.WriteString(t)
	sb.WriteString(" VALUES ")
	args := make([]any, 0, len(rows)*len(columns))
	for i, row := range rows {
		if len(row) != len(columns) {
			return "", nil, fmt.Errorf("%w: row %d", ErrRow, i)
		}
		if i > 0 {
			sb.WriteByte(',')
		}
		for j, v := range row {
			args = append(args, v)
			sb.WriteString(fmt.Sprintf("%c$%d", "(,"[min(j, 1)], len(args))) // want ML11 ok ML05
		}
		sb.WriteByte(')')
	}
	return sb.String(), args, nil
}

// Log keeps the last statements, shortened, for the slow-query page.
type Log struct {
	lines []string
	next  int
}

// NewLog keeps n statements.
func NewLog(n int) *Log { return &Log{lines: make([]string, n)} }

const shown = 60

// Add records a statement. The copy keeps the whole of a long one from staying in memory.
func (l *Log) Add(query string) {
	if len(query) > shown {
		query = strings.Clone(query[:shown])
	}
	l.lines[l.next%len(l.lines)] = query
	l.next++
}

// Last returns the statements kept, the newest first.
func (l *Log) Last() []string {
	n := min(l.next, len(l.lines))
	out := make([]string, 0, n)
	for i := range n {
		out = append(out, l.lines[(l.next-1-i)%len(l.lines)])
	}
	return slices.Clip(out)
}
