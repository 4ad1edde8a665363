// Package jsonlog writes logs as lines of JSON.
package jsonlog

import (
	"io"
	"os"
	"sync"
	"time"
)

// Level is the weight of a line.
type Level int8

// The levels.
const (
	Debug Level = iota - 1
	Info
	Warn
	Error
)

var levelNames = [...]string{"debug", "info", "warn", "error"}

const bigLine = 16 << 10

var lines = sync.Pool{
	New: func() any { return make([]byte, 0, 256) }, // alt ML03
}

// Logger writes lines to a sink. Loggers made by With share it.
type Logger struct {
	sink   *sink
	prefix []byte
}

type sink struct {
	mu      sync.Mutex
	w       io.Writer
	min     Level
	now     func() time.Time
	dropped int
}

// New returns a logger of the lines which weigh at least min.
func New(w io.Writer, min Level) *Logger {
	return &Logger{sink: &sink{w: w, min: min, now: time.Now}}
}

// With returns a logger which puts the fields on each of its lines.
func (l *Logger) With(fields ...Field) *Logger {
	prefix := make([]byte, len(l.prefix), len(l.prefix)+32*len(fields))
	copy(prefix, l.prefix)
	for _, f := range fields {
		prefix = f.appendTo(prefix)
	}
	return &Logger{sink: l.sink, prefix: prefix}
}

// Log writes a line.
func (l *Logger) Log(at Level, msg string, fields ...Field) {
	if at < l.sink.min {
		return
	}
	b := lines.Get().([]byte) // alt ML03
	b = append(b[:0], `{"t":"`...)
	b = l.sink.now().UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
	b = append(b, `","level":"`...)
	b = append(b, levelNames[at+1]...)
	b = append(b, `","msg":`...)
	b = appendQuoted(b, msg)
	b = append(b, l.prefix...)
	for _, f := range fields {
		b = f.appendTo(b)
	}
	b = append(b, '}', '\n')
	l.sink.write(b)
	if cap(b) <= bigLine {
		lines.Put(b) // want ML03 ok ML05
	}
}

func (s *sink) write(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.w.Write(b); err != nil {
		if s.dropped++; s.dropped == 1 {
			os.Stderr.WriteString("jsonlog: " + err.Error() + "\n")
		}
	}
}
