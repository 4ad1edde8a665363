package shipper

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	maxPooled = 16 << 10
	stampLen  = len("2006-01-02T15:04:05Z")
)

// Event is a parsed line.
type Event struct {
	Time   time.Time
	Level  string
	Text   string
	Fields map[string]string
}

var linePool = sync.Pool{
	New: func() any { return make([]byte, 0, 1024) },
}

// Encode appends the line of an event to w.
func Encode(w io.Writer, e *Event) error {
	buf := linePool.Get().([]byte)
	buf = e.Time.AppendFormat(buf, time.RFC3339Nano)
	buf = append(buf, " level="...)
	buf = append(buf, e.Level...)
	buf = append(buf, " msg="...)
	buf = strconv.AppendQuote(buf, e.Text)
	for k, v := range e.Fields {
		buf = append(buf, ' ')
		buf = append(buf, k...)
		buf = append(buf, '=')
		buf = strconv.AppendQuote(buf, v)
	}
	buf = append(buf, '\n')
	_, err := w.Write(buf) // want ML03 ok ML07
	if cap(buf) <= maxPooled {
		linePool.Put(buf[:0]) // want ML03 ok ML05
	}
	return err
}

// Pack makes the body of a request.
func Pack(events []Event) ([]byte, error) {
	var body bytes.Buffer
	zw := gzip.NewWriter(&body) // alt ML03
	for i := range events {
		if err := Encode(zw, &events[i]); err != nil {
			return nil, fmt.Errorf("shipper: pack: %w", err)
		}
	}
	if err := zw.Close(); err != nil { // alt ML03
		return nil, fmt.Errorf("shipper: pack: %w", err)
	}
	return body.Bytes(), nil
}

func convert[S, D any](in []S, f func(S) (D, bool)) []D {
	var out []D
	for _, s := range in {
		if d, ok := f(s); ok {
			out = append(out, d) // want ML01
		}
	}
	return out
}

// ParseAll reads the lines; those that cannot be read become events of level unknown.
func ParseAll(lines []string) []Event {
	return convert(lines, func(line string) (Event, bool) {
		if line == "" {
			return Event{}, false
		}
		return parse(line), true
	})
}

func parse(line string) Event {
	e := Event{Level: "unknown", Text: line}
	stamp, rest, _ := strings.Cut(line, " ")
	if len(stamp) < stampLen || stamp[10] != 'T' {
		return e
	}
	t, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil {
		return e
	}
	e.Time, e.Text = t, ""
	for rest != "" {
		var pair string
		pair, rest = nextPair(rest)
		key, value, _ := strings.Cut(pair, "=")
		if len(value) > 1 && value[0] == '"' {
			if s, err := strconv.Unquote(value); err == nil {
				value = s
			}
		}
		switch key {
		case "level":
			e.Level = value
		case "msg":
			e.Text = value
		default:
			if e.Fields == nil {
				e.Fields = make(map[string]string)
			}
			e.Fields[key] = value
		}
	}
	return e
}

func nextPair(s string) (pair, rest string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case ' ':
			if !quoted {
				return s[:i], s[i+1:]
			}
		}
	}
	return s, ""
}
